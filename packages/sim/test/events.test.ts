import { normalQuantile } from '@dither/mechanisms';
import { labels, type Metric } from '@dither/protocol';
import {
  type BadLine,
  drawFrom,
  drawnFrom,
  observedPopulation,
  type PopulationTable,
  readEvents,
  SimError,
  seededSources,
} from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { small } from './small-registry.js';

async function read(lines: Iterable<string>, seed = 'events'): Promise<{ table: PopulationTable; bad: BadLine[] }> {
  const bad: BadLine[] = [];
  const source = seededSources(seed)('events');
  const table = await readEvents('test.csv', lines, small, { source, onBadLine: (line) => bad.push(line) });
  return { table, bad };
}

/** Labels of one installation's values, by metric. */
function valuesOf(table: PopulationTable, installation: number): Record<string, string> {
  const values = new Int32Array(small.wire.length);
  drawFrom(observedPopulation('test.csv', table))(installation, seededSources('x')('x'), values);
  return Object.fromEntries(small.wire.map((metric, i) => [metric.id, labels(metric)[values[i] as number] as string]));
}

const HEADER = 'client,metric,value';

describe('events', () => {
  it('become one value per installation and metric as the aggregate says', async () => {
    const { table, bad } = await read([
      HEADER,
      'a,colour,red',
      'a,colour,blue',
      'a,memory,70',
      'a,memory,30',
      'a,opened,3',
      'a,opened,',
      'a,opened,2',
      'a,used,',
      'b,opened,7',
      'b,opened,8',
      'b,used,no',
      'c,load,20',
    ]);
    expect(bad).toEqual([]);
    expect(table.clients).toBe(3);
    expect(valuesOf(table, 0)).toEqual({ colour: 'blue', load: 'none', memory: '60 to 80', opened: '6', used: 'yes' });
    expect(valuesOf(table, 1)).toEqual({ colour: 'none', load: 'none', memory: 'none', opened: '10', used: 'no' });
    expect(valuesOf(table, 2)).toEqual({
      colour: 'none',
      load: 'below 31.62',
      memory: 'none',
      opened: '0',
      used: 'no',
    });
  });

  it('of which one at random counts are chosen with the same chance', async () => {
    const clients = 6000;
    const lines = [HEADER];
    for (const value of [20, 50, 200]) for (let i = 0; i < clients; i++) lines.push(`${i},load,${value}`);
    const { table } = await read(lines);
    const counts = new Map<string, number>();
    for (let i = 0; i < clients; i++) {
      const label = valuesOf(table, i)['load'] as string;
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['100 to 316.2', '31.62 to 100', 'below 31.62']);
    // Three shares of 1/3; false-alarm rate 1e-6, Bonferroni.
    const tolerance = normalQuantile(1 - 1e-6 / 6) * Math.sqrt((clients * 2) / 9);
    for (const count of counts.values()) expect(Math.abs(count - clients / 3)).toBeLessThan(tolerance);
  });

  it('count an installation on which nothing happened', async () => {
    const { table } = await read([HEADER, 'a,,', 'b,colour,red']);
    expect(table.clients).toBe(2);
    expect(valuesOf(table, 0)['colour']).toBe('none');
  });

  it('report bad lines with number and reason, and count them', async () => {
    const { table, bad } = await read([
      HEADER,
      'a,colour,red',
      'a,colour',
      'a,colour,red,blue',
      ',colour,red',
      'a,flavour,red',
      'a,constructor,red',
      'b,colour,pink',
      'b,load,fast',
      'b,load,',
      'b,load,Infinity',
      'b,opened,-1',
      'b,used,maybe',
      'a,"colour,red',
      '',
      'c,colour,green',
    ]);
    expect(bad).toEqual([
      { line: 3, column: 9, reason: 'fields' },
      { line: 4, column: 14, reason: 'fields' },
      { line: 5, column: 1, reason: 'client-missing' },
      { line: 6, column: 3, reason: 'metric-unknown' },
      { line: 7, column: 3, reason: 'metric-unknown' },
      { line: 8, column: 10, reason: 'value-invalid' },
      { line: 9, column: 8, reason: 'value-invalid' },
      { line: 10, column: 8, reason: 'value-invalid' },
      { line: 11, column: 8, reason: 'value-invalid' },
      { line: 12, column: 10, reason: 'value-invalid' },
      { line: 13, column: 8, reason: 'value-invalid' },
      { line: 14, column: 3, reason: 'quotes' },
    ]);
    expect(table.badLines).toEqual({
      count: 12,
      byReason: {
        fields: 2,
        'client-missing': 1,
        'metric-unknown': 2,
        'value-invalid': 6,
        quotes: 1,
      },
    });
    // An installation all of whose lines are bad is not one.
    expect(table.clients).toBe(2);
  });

  it('are read with quotes, spaces and a byte-order mark', async () => {
    const { table, bad } = await read([
      '\uFEFF"client", metric ,value',
      '"a, the ""first""","colour" ,"green"',
      'b, load , 20',
    ]);
    expect(bad).toEqual([]);
    expect(valuesOf(table, 0)['colour']).toBe('green');
    expect(valuesOf(table, 1)['load']).toBe('below 31.62');
  });

  it('are refused without their header, and without a usable line', async () => {
    await expect(read(['client;metric;value'])).rejects.toMatchObject({
      code: 'events-header-invalid',
      place: { file: 'test.csv', line: 1, column: 1 },
    });
    await expect(read([])).rejects.toMatchObject({ code: 'events-header-invalid' });
    await expect(read([HEADER, 'x'])).rejects.toMatchObject({ code: 'events-empty' });
    await expect(read([HEADER])).rejects.toBeInstanceOf(SimError);
  });

  it('give as many installations as asked for, drawn with replacement', async () => {
    const { table } = await read([HEADER, 'a,colour,red', 'b,colour,red', 'c,colour,blue', 'd,colour,green']);
    const population = drawnFrom(observedPopulation('test.csv', table));
    const draw = drawFrom(population);
    const source = seededSources('drawn')('values');
    const values = new Int32Array(small.wire.length);
    const place = small.wire.findIndex((metric: Metric) => metric.id === 'colour');
    const clients = 10_000;
    let reds = 0;
    for (let i = 0; i < clients; i++) {
      draw(i, source, values);
      reds += Number(values[place] === 0);
    }
    expect(population.size).toBeUndefined();
    // A share of 1/2; false-alarm rate 1e-6.
    expect(Math.abs(reds - clients / 2)).toBeLessThan(normalQuantile(1 - 0.5e-6) * Math.sqrt(clients / 4));
  });
});
