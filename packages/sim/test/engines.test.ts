import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Mechanism, normalQuantile } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Registry } from '@dither/protocol';
import {
  type Counted,
  type Engine,
  type Job,
  observedPopulation,
  policy,
  readInstallations,
  shapedPopulation,
  simulatedMetrics,
  type Watch,
} from '@dither/sim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine } from '../src/choose-engine.js';
import { inProcess } from '../src/clients/in-process.js';
import { threads } from '../src/clients/threads.js';
import { exact } from '../src/exact-engine.js';
import { rich, richPopulation } from './rich-registry.js';
import { sampled, small } from './small-registry.js';

function job(registry: Registry, changes: Partial<Job> = {}): Job {
  const population = changes.population ?? shapedPopulation('zipf', { zipf: 1 }, registry);
  const metrics = simulatedMetrics({ registry, mechanisms: catalogue, population });
  return { registry, metrics, population, clients: 9000, repetitions: 2, seed: 'engines', ...changes };
}

async function all(engine: Engine, of: Job, watch: Watch = {}): Promise<Counted[]> {
  const found: Counted[] = [];
  for await (const counted of engine(of, watch)) found.push(counted);
  return found;
}

describe('threads', () => {
  it('count the same, however many they are, and tell how far they are', async () => {
    const one = job(sampled);
    const alone = await all(inProcess, one);
    expect(alone.map(({ repetition, clients }) => [repetition, clients])).toEqual([
      [0, 9000],
      [1, 9000],
    ]);
    const told: number[] = [];
    expect(await all(threads(3), one, { onProgress: (done) => told.push(done) })).toEqual(alone);
    expect(told).toHaveLength(6);
    expect(told.at(-1)).toBe(18_000);
  });

  it('know texts, and the cohorts of latched metrics', async () => {
    const one = job(rich, { population: richPopulation({}), clients: 200, repetitions: 1 });
    expect(await all(threads(1), one)).toEqual(await all(inProcess, one));
  });

  it('read the columns of a file without a copy of their own', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `red,${i},,${i % 9},yes`);
    const table = await readInstallations(
      'test.csv',
      ['colour,load,memory,opened,used', ...rows],
      small,
      () => undefined,
    );
    expect(table.columns.every(({ buffer }) => buffer instanceof SharedArrayBuffer)).toBe(true);
    const one = job(small, { population: observedPopulation('test.csv', table), clients: 300 });
    expect(await all(threads(1), one)).toEqual(await all(inProcess, one));
  });

  describe('that fail', () => {
    let folder = '';
    const file = async (name: string, code: string): Promise<URL> => {
      await writeFile(join(folder, name), code);
      return pathToFileURL(join(folder, name));
    };
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dither-threads-'));
    });
    afterAll(async () => {
      await rm(folder, { recursive: true });
    });

    it.each([
      ['at their start', 'throw new Error("no start");', 'no start'],
      [
        'at a block',
        'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { throw new Error("no block"); });',
        'no block',
      ],
      ['silently', 'process.exit(3);', 'a thread ended by itself, with 3'],
    ])('%s fail the whole, and never hang', async (name, code, message) => {
      const engine = threads(2, await file(`${name.replaceAll(' ', '-')}.mjs`, code));
      await expect(all(engine, job(small))).rejects.toThrow(message);
    });
  });
});

describe('a run that is stopped', () => {
  it.each([
    ['one thread', inProcess],
    ['two threads', threads(2)],
  ])('on %s gives what is done of its first repetition', async (_name, engine) => {
    const stopping = new AbortController();
    const found = await all(engine, job(small, { clients: 500_000 }), {
      stop: stopping.signal,
      onProgress: (done) => done > 3 * policy.blockClients && stopping.abort(),
    });
    expect(found).toHaveLength(1);
    const [{ clients, tallies }] = found as [Counted];
    expect(clients).toBeGreaterThan(3 * policy.blockClients);
    expect(clients).toBeLessThan(500_000);
    for (const { state } of tallies) expect(state.n).toBe(clients);
  });

  it('gives whole repetitions alone once there is one', async () => {
    const stopping = new AbortController();
    const found = await all(inProcess, job(small, { clients: 5000, repetitions: 1000 }), {
      stop: stopping.signal,
      onProgress: (done) => done > 2.5 * 5000 && stopping.abort(),
    });
    expect(found.map(({ clients }) => clients)).toEqual([5000, 5000]);
  });
});

describe('the exact engine', () => {
  it('counts the installations of a file as they are, each once', async () => {
    const lines = ['colour,load,memory,opened,used', 'red,20,,3,yes', 'red,,50,,', 'blue,,,,no', ''];
    const table = await readInstallations('test.csv', lines, small, () => undefined);
    const population = observedPopulation('test.csv', table);
    const [counted] = await all(exact, job(small, { population, clients: 3, repetitions: 1 }));
    expect(counted?.tallies.map(({ holders }) => [...holders])).toEqual([
      [2, 0, 1, 0],
      [1, 0, 0, 0, 2],
      [0, 0, 1, 0, 0, 2],
      [2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
      [2, 1],
    ]);
    for (const { state } of counted?.tallies ?? []) expect(state.n).toBe(3);
  });

  it('lets as many report as draw the metric', async () => {
    const [counted] = await all(exact, job(sampled, { clients: 1_000_000_000, repetitions: 1 }));
    // Charges 1, 1, 2, 1, 1, of which 2 fit at a time: the double one if it comes first, else two others.
    counted?.tallies.forEach(({ state }, i) => {
      const share = i === 2 ? 0.2 : 0.4;
      // Five metrics; false-alarm rate 1e-6 over all.
      const allowed = normalQuantile(1 - 1e-6 / 10) * Math.sqrt(1e9 * share * (1 - share));
      expect(Math.abs(state.n - 1e9 * share), sampled.wire[i]?.id).toBeLessThan(allowed);
    });
  });

  it('gives the same for the same seed, each repetition another', async () => {
    const one = job(sampled, { clients: 1_000_000 });
    const first = await all(exact, one);
    expect(await all(exact, one)).toEqual(first);
    expect(first[0]?.tallies).not.toEqual(first[1]?.tallies);
    expect(await all(exact, { ...one, seed: 'other' })).not.toEqual(first);
  });
});

describe('the choice of an engine', () => {
  const metrics = simulatedMetrics({
    registry: small,
    mechanisms: catalogue,
    population: shapedPopulation('zipf', { zipf: 1 }, small),
  });
  const wanted = { registry: small, metrics, engine: undefined, threads: 2, clients: 1000, repetitions: 10 };

  it('is clients as long as they are few, and exact beyond', () => {
    expect(chooseEngine(wanted)).toMatchObject({
      name: 'clients',
      reason: 'at most 100,000 installations, all repetitions together',
    });
    expect(chooseEngine({ ...wanted, clients: 1e9 })).toMatchObject({ name: 'exact', marginal: [] });
    expect(chooseEngine({ ...wanted, engine: 'exact' })).toMatchObject({ name: 'exact', reason: 'as asked' });
  });

  it('names a metric that has no exact law, and takes clients unless exact was asked for', () => {
    const strange = metrics.map((metric, i) =>
      i === 1 ? { ...metric, mechanism: { ...metric.mechanism, id: 'strange' } as Mechanism } : metric,
    ) as typeof metrics;
    const many = { ...wanted, metrics: strange, clients: 1_000_000 };
    expect(chooseEngine(many).name).toBe('clients');
    expect(chooseEngine(many).reason).toContain('load: strange has no law that is short to draw from');
    expect(() => chooseEngine({ ...many, engine: 'exact' })).toThrow('exact-unavailable: load');
  });

  it('refuses to go through a billion one by one', () => {
    expect(() => chooseEngine({ ...wanted, engine: 'clients', clients: 1e9 })).toThrow(
      'argument-invalid: --clients is',
    );
  });
});
