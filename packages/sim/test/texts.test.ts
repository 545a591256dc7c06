import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mechanism, normalQuantile } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import {
  type Cell,
  drawFrom,
  type ExperimentOptions,
  type Finding,
  observedPopulation,
  openPopulation,
  type Population,
  readCandidates,
  readEvents,
  runExperiment,
  seededSources,
  shapedPopulation,
  type Trial,
} from '@dither/sim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rich, richPopulation } from './rich-registry.js';
import { small } from './small-registry.js';

const CLIENTS = 20_000;

/** Shares of the texts of one metric among installations drawn with a fixed seed. */
function drawnShares(population: Population, id: string): Record<string, number> {
  const source = seededSources('texts')('values');
  const values = new Int32Array(rich.wire.length);
  const place = rich.wire.findIndex((metric) => metric.id === id);
  const texts = population.texts.get(id) ?? [];
  const draw = drawFrom(population);
  const counts = new Map<string, number>();
  for (let i = 0; i < CLIENTS; i++) {
    draw(i, source, values);
    const text = texts[values[place] as number] as string;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].map(([text, count]) => [text, count / CLIENTS]));
}

/** About ten shares are checked in this file; the chance that any is off by more is 1e-6 (Bonferroni). */
const z = normalQuantile(1 - 1e-6 / 20);

function expectShares(shares: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(shares).sort()).toEqual(Object.keys(expected).sort());
  for (const [text, p] of Object.entries(expected)) {
    expect(Math.abs((shares[text] as number) - p), text).toBeLessThanOrEqual(z * Math.sqrt((p * (1 - p)) / CLIENTS));
  }
}

async function find(id: string, changes: Partial<ExperimentOptions> = {}): Promise<Finding> {
  const trials = runExperiment({
    registry: rich,
    mechanisms: catalogue,
    population: richPopulation({}),
    clients: 5000,
    repetitions: 1,
    seed: 'texts',
    ...changes,
  });
  const trial = (await trials.next()).value as Trial;
  return trial.findings.find(({ metric }) => metric.metric.id === id) as Finding;
}

function cellOf({ cells }: Finding, label: string): Cell {
  return cells.find(({ quantity }) => quantity.label === label) as Cell;
}

describe('a population of texts', () => {
  it('lists them with weights, and says how many have none', () => {
    const population = richPopulation({ home: { none: 0.2, texts: ['a', 'b', 'c'], weights: [6, 2, 0] } });
    expect(population.texts.get('home')).toEqual(['', 'a', 'b', 'c']);
    expectShares(drawnShares(population, 'home'), { '': 0.2, a: 0.6, b: 0.2 });
  });

  it('ranks them in their order', () => {
    const population = richPopulation({ home: { texts: ['a', 'b'], zipf: 1 } });
    expectShares(drawnShares(population, 'home'), { a: 2 / 3, b: 1 / 3 });
  });

  it('makes them up where only a shape is given', () => {
    const texts = shapedPopulation('uniform', { uniform: {} }, rich).texts.get('home');
    expect(texts).toHaveLength(101);
    expect(texts?.slice(0, 3)).toEqual(['', 'text-1', 'text-2']);
  });

  it('cuts them as the metric does, and then takes equal ones for one', () => {
    const population = richPopulation({
      crash: { texts: ['as long as it gets', 'as long as it is', 'b'], uniform: {} },
    });
    expect(population.texts.get('crash')).toEqual(['', 'as long as i', 'b']);
    expectShares(drawnShares(population, 'crash'), { 'as long as i': 2 / 3, b: 1 / 3 });
  });

  it.each([
    [{ home: {} }, 'metrics.home has its texts'],
    [{ home: { values: { a: 1 } } }, 'metrics.home has its texts'],
    [{ home: { zipf: 1, uniform: {} } }, 'metrics.home has its texts'],
    [{ home: { texts: ['a'], file: 'x', zipf: 1 } }, 'metrics.home has its texts'],
    [{ home: { weights: [1] } }, 'metrics.home has its texts'],
    [{ home: { none: 2, zipf: 1 } }, 'metrics.home.none is the share'],
    [{ home: { texts: [], zipf: 1 } }, 'metrics.home.texts is a list of texts'],
    [{ home: { texts: ['a', ''], zipf: 1 } }, 'metrics.home.texts.1 is a text'],
    [{ home: { texts: ['a', 'b', 'a'], zipf: 1 } }, 'metrics.home.texts.2 is there twice'],
    [{ home: { texts: ['a'], zipf: -1 } }, 'metrics.home.zipf is an exponent'],
    [{ home: { texts: ['a'], uniform: { low: 1 } } }, 'metrics.home.uniform takes nothing'],
    [{ home: { texts: ['a'], weights: [1, 2] } }, 'metrics.home.weights is a list of weights, one per text'],
    [{ home: { texts: ['a'], weights: ['1'] } }, 'metrics.home.weights.0 is a weight'],
    [{ home: { texts: ['a'], weights: [0] } }, 'metrics.home.weights needs a weight above 0'],
    [{ home: { file: 'missing', zipf: 1 } }, 'metrics.home.file is the name of a file'],
  ])('refuses %j', (metrics, message) => {
    expect(() => richPopulation(metrics)).toThrow(message);
  });
});

describe('texts from files', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dither-texts-'));
    await writeFile(join(folder, 'sites.txt'), '\uFEFFone.example\r\n\r\ntwo.example\r\n');
    await writeFile(join(folder, 'frames.txt'), 'one.cc:1\none.cc:1\nas long as it gets\n');
    await writeFile(join(folder, 'none.txt'), '\n\n');
    const metrics = {
      crash: { file: 'frames.txt', uniform: {} },
      home: { file: './sites.txt', zipf: 1 },
      load: { uniform: {} },
      memory: { uniform: {} },
      used: { uniform: {} },
    };
    await writeFile(join(folder, 'population.json'), JSON.stringify({ metrics }));
    const broken = { metrics: { ...metrics, home: { file: 'none.txt', zipf: 1 } } };
    await writeFile(join(folder, 'broken.json'), JSON.stringify(broken));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const opening = { clients: 10, source: seededSources('x')('events'), onBadLine: () => undefined };

  it('are found beside the population that names them', async () => {
    const population = await openPopulation(join(folder, 'population.json'), rich, opening);
    expect(population.texts.get('home')).toEqual(['', 'one.example', 'two.example']);
    expect(population.texts.get('crash')).toEqual(['', 'one.cc:1', 'as long as i']);
  });

  it('are refused where there is none', async () => {
    await expect(openPopulation(join(folder, 'broken.json'), rich, opening)).rejects.toMatchObject({
      code: 'texts-empty',
      place: { file: join(folder, 'none.txt') },
    });
  });

  it('are candidates of all text metrics, or of one', async () => {
    const [sites, frames] = [join(folder, 'sites.txt'), join(folder, 'frames.txt')];
    const all = await readCandidates(sites, rich);
    expect([...all.keys()].sort()).toEqual(['crash', 'home']);
    const each = await readCandidates(`${sites},crash=${frames}`, rich);
    expect(each.get('home')).toEqual(['one.example', 'two.example']);
    expect(each.get('crash')).toEqual(['one.cc:1', 'as long as i']);
    for (const twice of [`${sites},${frames}`, `home=${sites},home=${frames}`]) {
      await expect(readCandidates(twice, rich)).rejects.toMatchObject({ code: 'argument-invalid' });
    }
    await expect(readCandidates(sites, small)).rejects.toMatchObject({ code: 'argument-invalid' });
    await expect(readCandidates(join(folder, 'gone.txt'), rich)).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});

describe('events with texts', () => {
  it('become the last one, any text, cut to its length', async () => {
    const lines = [
      'client,metric,value',
      'a,home,one.example',
      'a,home,"two, ""quoted"""',
      'b,crash,as long as it gets',
      'c,used,',
      'd,home,',
    ];
    const options = { source: seededSources('x')('events'), onBadLine: () => undefined };
    const table = await readEvents('test.csv', lines, rich, options);
    expect(table.badLines.byReason).toEqual({ 'value-invalid': 1 });
    const population = observedPopulation('test.csv', table);
    const draw = drawFrom(population);
    const values = new Int32Array(rich.wire.length);
    const textsOf = (installation: number): Record<string, string | undefined> => {
      draw(installation, seededSources('x')('x'), values);
      return Object.fromEntries(
        rich.wire.flatMap(({ id, kind }, i) =>
          kind === 'text' ? [[id, population.texts.get(id)?.[values[i] as number]]] : [],
        ),
      );
    };
    expect(textsOf(0)).toEqual({ crash: '', home: 'two, "quoted"' });
    expect(textsOf(1)).toEqual({ crash: 'as long as i', home: '' });
    expect(textsOf(2)).toEqual({ crash: '', home: '' });
  });
});

describe('an experiment on texts', () => {
  const population = richPopulation({ home: { none: 0.1, texts: ['a', 'b', 'c', 'd'], weights: [50, 30, 10, 10] } });

  it('looks for the texts of the population unless told', async () => {
    const { n, cells } = await find('home', { population });
    expect(n).toBe(5000);
    expect(cells.map(({ quantity }) => quantity.label)).toEqual(['a', 'b', 'c', 'd', 'with a text', 'no candidate']);
    const truths = cells.map(({ truth }) => truth);
    const [a = 0, b = 0, c = 0, d = 0, withText = 0, unexplained] = truths;
    expect(a + b + c + d).toBeCloseTo(withText, 12);
    expect(unexplained).toBe(0);
    // 45% and 27% of 5,000 at epsilon 4 are more than twenty standard errors.
    for (const cell of cells.slice(0, 2)) expect(cell.detection).toMatchObject({ isDetected: true, isHeld: true });
  });

  it('counts what is no candidate as unexplained, and a candidate that nobody holds as zero', async () => {
    const candidates = new Map([['home', ['a', 'nobody', 'c']]]);
    const found = await find('home', { population, candidates });
    expect(cellOf(found, 'nobody')).toMatchObject({ truth: 0, detection: { isHeld: false } });
    expect(cellOf(found, 'no candidate').truth).toBeCloseTo(
      cellOf(found, 'with a text').truth - cellOf(found, 'a').truth - cellOf(found, 'c').truth,
      12,
    );
  });

  it('gives latched metrics of an installation one cohort draw, and the permanent step to each report', async () => {
    const draws: number[] = [];
    const permanents: Uint8Array[] = [];
    const watched = new Map(
      [...catalogue].map(([id, mechanism]): [string, Mechanism] => {
        if (mechanism.answers !== 'texts' || !('latch' in mechanism.client)) return [id, mechanism];
        const { client } = mechanism;
        const watching: typeof client = {
          ...client,
          latch(params, value, draw, source) {
            draws.push(draw);
            return client.latch(params, value, draw, source);
          },
          report(params, permanent, source) {
            permanents.push(permanent);
            return client.report(params, permanent, source);
          },
        };
        return [id, { ...mechanism, client: watching }];
      }),
    );
    await find('home', { population, mechanisms: watched, clients: 2000 });
    expect(draws).toHaveLength(2000);
    expect(permanents).toHaveLength(2000);
    // All 64 draws occur: one is missing with probability 64 (63/64)^2000, 1e-12.
    expect(new Set(draws).size).toBe(64);
    expect(Math.min(...draws)).toBe(0);
    expect(Math.max(...draws)).toBe(63);
  });
});
