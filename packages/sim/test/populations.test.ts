import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labels, type Metric } from '@dither/protocol';
import {
  type BadLine,
  declaredPopulation,
  drawFrom,
  observedPopulation,
  openPopulation,
  type Population,
  populationAt,
  readInstallations,
  seededSources,
  sharesOf,
} from '@dither/sim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rich, richPopulation } from './rich-registry.js';
import { small } from './small-registry.js';

const rest = {
  colour: { uniform: {} },
  load: { uniform: {} },
  memory: { uniform: {} },
  opened: { uniform: {} },
  used: { uniform: {} },
};

function declare(metrics: Record<string, unknown>): Population {
  return declaredPopulation('test', { metrics: { ...rest, ...metrics } }, small, (path, expected) => {
    throw new Error(`${path.join('.')} ${expected}`);
  });
}

function sharesBy(population: Population, id: string): Record<string, number> {
  const place = small.wire.findIndex((metric) => metric.id === id);
  const shares = sharesOf(population, place);
  return Object.fromEntries(labels(small.wire[place] as Metric).map((label, i) => [label, shares[i] as number]));
}

function expectShares(found: Record<string, number>, expected: Record<string, number>): void {
  for (const [label, share] of Object.entries(found)) expect(share, label).toBeCloseTo(expected[label] ?? 0, 12);
}

describe('the shares of a population', () => {
  it('are those of its distributions, exactly', () => {
    // The standard normal law at 1 and 2, from tables with fifteen digits.
    const [one, two] = [0.841344746068543, 0.977249868051821];
    expectShares(sharesBy(declare({ memory: { none: 0.5, gaussian: { mean: 40, sigma: 20 } } }), 'memory'), {
      'below 20': (1 - one) / 2,
      '20 to 40': (one - 0.5) / 2,
      '40 to 60': (one - 0.5) / 2,
      '60 to 80': (two - one) / 2,
      '80 or more': (1 - two) / 2,
      none: 0.5,
    });
    // Counts are rounded, halves upwards, and cut at 10.
    const counts = sharesBy(declare({ opened: { uniform: { low: -1, high: 11 } } }), 'opened');
    expectShares(counts, {
      ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [String(i + 1), 1 / 12])),
      '0': 1.5 / 12,
      '10': 1.5 / 12,
    });
  });

  it('sum to one, whatever the distribution', () => {
    for (const shape of [
      { uniform: { low: -1e9, high: 1e9 } },
      { gaussian: { mean: 1e9, sigma: 1 } },
      { lognormal: { median: 1e-9, sigma: 3 } },
      { exponential: { mean: 1e12 } },
      { poisson: { mean: 1e6 } },
      { histogram: [[-5, 1e-300]] },
    ]) {
      for (const id of ['load', 'memory', 'opened']) {
        const shares = Object.values(sharesBy(declare({ [id]: { none: 0.3, ...shape } }), id));
        expect(
          shares.reduce((sum, share) => sum + share, 0),
          `${id} ${JSON.stringify(shape)}`,
        ).toBeCloseTo(1, 12);
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('of a file are those of its installations', async () => {
    const lines = ['colour,load,memory,opened,used', 'red,,,,', 'red,,,,', 'blue,,,,', ',,,,'];
    const population = observedPopulation('x.csv', await readInstallations('x.csv', lines, small, () => undefined));
    expectShares(sharesBy(population, 'colour'), { red: 0.5, blue: 0.25, none: 0.25 });
  });
});

describe('a mixture', () => {
  it('is its parts by their weights, parts without an event among them', () => {
    const mixture = [
      { weight: 3, values: { red: 1 } },
      { weight: 1, none: 0.5, zipf: 0 },
    ];
    expectShares(sharesBy(declare({ colour: { none: 0.2, mixture } }), 'colour'), {
      red: 0.8 * (0.75 + 0.125 / 3),
      green: (0.8 * 0.125) / 3,
      blue: (0.8 * 0.125) / 3,
      none: 0.2 + 0.8 * 0.125,
    });
  });

  it('of texts knows those of all parts', () => {
    const mixture = [
      { weight: 1, texts: ['a', 'b'], weights: [3, 1] },
      { weight: 1, texts: ['b', 'c'], uniform: {} },
    ];
    const population = richPopulation({ home: { mixture } });
    expect(population.texts.get('home')).toEqual(['', 'a', 'b', 'c']);
    const place = rich.wire.findIndex(({ id }) => id === 'home');
    expect([...sharesOf(population, place)]).toEqual([0, 0.375, 0.375, 0.25]);
  });

  it.each([
    [{ mixture: [] }, 'metrics.colour.mixture is a list of distributions with a weight each'],
    [{ mixture: [{ zipf: 1 }] }, 'metrics.colour.mixture.0.weight is a weight, 0 or more'],
    [{ mixture: [{ weight: 0, zipf: 1 }] }, 'metrics.colour.mixture needs a weight above 0'],
    [{ mixture: [{ weight: 1, zipf: -1 }] }, 'metrics.colour.mixture.0.zipf is an exponent'],
    [{ mixture: [{ weight: 1, zipf: 1 }], zipf: 1 }, 'metrics.colour has a mixture and nothing but "none" beside it'],
  ])('refuses %j', (colour, message) => {
    expect(() => declare({ colour })).toThrow(message);
  });
});

describe('a population that drifts', () => {
  const drift = { from: { values: { red: 1 } }, to: { none: 0.2, values: { blue: 1 } } };
  const population = declare({ colour: { drift } });

  it('moves in a straight line from the first window to the last', () => {
    expectShares(sharesBy(populationAt(population, 0, 5), 'colour'), { red: 1 });
    expectShares(sharesBy(populationAt(population, 1, 5), 'colour'), { red: 0.75, blue: 0.2, none: 0.05 });
    expectShares(sharesBy(populationAt(population, 4, 5), 'colour'), { blue: 0.8, none: 0.2 });
    // What does not drift stays, and a single window is the first.
    expect(sharesBy(populationAt(population, 3, 5), 'used')).toEqual(sharesBy(population, 'used'));
    expectShares(sharesBy(populationAt(population, 0, 1), 'colour'), { red: 1 });
  });

  it.each([
    [{ drift: { from: { zipf: 1 } } }, 'metrics.colour.drift has from and to'],
    [{ drift, zipf: 1 }, 'metrics.colour has a drift and nothing beside it'],
    [{ drift: { ...drift, to: { zipf: -1 } } }, 'metrics.colour.drift.to.zipf is an exponent'],
    [{ mixture: [{ weight: 1, drift }] }, 'metrics.colour.mixture.0 has one distribution'],
  ])('refuses %j', (colour, message) => {
    expect(() => declare({ colour })).toThrow(message);
  });
});

describe('a published histogram in a file', () => {
  let folder = '';
  const open = async (metrics: Record<string, unknown>): Promise<Population> => {
    await writeFile(join(folder, 'population.json'), JSON.stringify({ metrics: { ...rest, ...metrics } }));
    const options = { clients: 10, source: seededSources('x')('events'), onBadLine: () => undefined };
    return openPopulation(join(folder, 'population.json'), small, options);
  };
  const files: Record<string, string> = {
    'memory.csv': '\uFEFFMiB,installations\r\n5,10\r\n25,30\r\n',
    'colours.csv': 'red,62.5%\n"green", 25 %\nblue,12.5%\n',
    'colours.json': '{ "red": 3, "blue": 1 }',
    'unknown.csv': 'red,50%\n  pink,50%\n',
    'unknown.json': '{\n  "red": 3,\n  "pink": 1\n}',
    'words.csv': '5,10\nmany,30\n',
    'negative.csv': '5,10\n25,-1\n',
    'wide.csv': '5,10,1\n',
    'zero.csv': '5,0\n',
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dither-histograms-'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('has weights of numbers, or of labels in percent', async () => {
    const population = await open({ memory: { histogram: 'memory.csv' }, colour: { values: 'colours.csv' } });
    expectShares(sharesBy(population, 'memory'), { 'below 20': 0.25, '20 to 40': 0.75 });
    expectShares(sharesBy(population, 'colour'), { red: 0.625, green: 0.25, blue: 0.125 });
    expectShares(sharesBy(await open({ colour: { none: 0.5, values: 'colours.json' } }), 'colour'), {
      red: 0.375,
      blue: 0.125,
      none: 0.5,
    });
  });

  it('may stand in a part of a mixture, and at an end of a drift', async () => {
    const mixture = [{ weight: 1, values: 'colours.json' }];
    const population = await open({
      colour: { mixture },
      memory: { drift: { from: { histogram: 'memory.csv' }, to: { uniform: {} } } },
    });
    expectShares(sharesBy(population, 'colour'), { red: 0.75, blue: 0.25 });
    expectShares(sharesBy(population, 'memory'), { 'below 20': 0.25, '20 to 40': 0.75 });
  });

  it.each([
    [{ colour: { values: 'unknown.csv' } }, 'unknown.csv', 2, 3, 'is not a value of this metric'],
    [{ colour: { values: 'unknown.json' } }, 'unknown.json', 3, 3, 'pink is not a value of this metric'],
    [{ memory: { histogram: 'words.csv' } }, 'words.csv', 2, 1, 'the first field is a number'],
    [{ memory: { histogram: 'negative.csv' } }, 'negative.csv', 2, 4, 'the weight is a number, 0 or more'],
    [{ memory: { histogram: 'wide.csv' } }, 'wide.csv', 1, 1, 'a line is number,weight'],
    [{ memory: { histogram: 'zero.csv' } }, 'zero.csv', undefined, undefined, 'the file needs a weight above 0'],
  ])('refuses %j with its place', async (metrics, file, line, column, message) => {
    const refused = open(metrics);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ code: 'population-invalid', place: { file: join(folder, file) } });
    const { place } = (await refused.catch((error: unknown) => error)) as { place: { line?: number; column?: number } };
    expect([place.line, place.column]).toEqual([line, column]);
  });
});

describe('a table of installations', () => {
  async function read(lines: readonly string[]) {
    const bad: BadLine[] = [];
    const table = await readInstallations('t.csv', lines, small, (line) => bad.push(line));
    return { table, bad };
  }

  it('has a line for each, a column for each metric in any order, and others that are passed over', async () => {
    const { table, bad } = await read([
      'used,"country",opened,colour,load,memory',
      'yes,DE,3,red,20,',
      'no,"F,R",,,,150',
      ',,0,blue,1000,0',
    ]);
    expect(bad).toEqual([]);
    expect(table.clients).toBe(3);
    const draw = drawFrom(observedPopulation('t.csv', table));
    const values = new Int32Array(small.wire.length);
    const found = [0, 1, 2].map((i) => {
      draw(i, seededSources('x')('x'), values);
      return small.wire.map((metric, j) => labels(metric)[values[j] as number]);
    });
    expect(found).toEqual([
      ['red', 'below 31.62', 'none', '3', 'yes'],
      ['none', 'none', '80 or more', '0', 'no'],
      ['blue', '316.2 or more', 'below 20', '0', 'no'],
    ]);
  });

  it('keeps a byte for each value where there are few, and no text of the file', async () => {
    const { table } = await read([
      'colour,load,memory,opened,used',
      ...new Array<string>(5000).fill('red,20,30,4,yes'),
    ]);
    expect(table.columns.map(({ byteLength }) => byteLength)).toEqual([5000, 5000, 5000, 5000, 5000]);
  });

  it('leaves lines out that it cannot use, whole', async () => {
    const { table, bad } = await read([
      'colour,load,memory,opened,used',
      'red,20,30,4,yes',
      'red,20,30,4',
      'pink,20,30,4,yes',
      '"red,20,30,4,yes',
      'red,fast,30,4,yes',
    ]);
    expect(bad).toEqual([
      { line: 3, column: 12, reason: 'columns' },
      { line: 4, column: 1, reason: 'value-invalid' },
      { line: 5, column: 1, reason: 'quotes' },
      { line: 6, column: 5, reason: 'value-invalid' },
    ]);
    expect(table.clients).toBe(1);
    expect(table.badLines).toEqual({ count: 4, byReason: { columns: 1, 'value-invalid': 2, quotes: 1 } });
  });

  it('is refused where a metric has no column, and where no line can be used', async () => {
    await expect(read(['colour,load,memory,opened,used, load'])).rejects.toMatchObject({
      code: 'events-header-invalid',
      place: { file: 't.csv', line: 1, column: 33 },
    });
    await expect(read(['colour,load,memory,opened'])).rejects.toMatchObject({
      code: 'events-header-invalid',
      place: { file: 't.csv', line: 1, column: 1 },
    });
    await expect(read(['colour,load,memory,opened'])).rejects.toThrow('there is none for used');
    await expect(read(['colour,load,memory,opened,used'])).rejects.toMatchObject({ code: 'events-empty' });
  });
});
