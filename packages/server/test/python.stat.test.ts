import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { normalQuantile } from '@dither/mechanisms';
import { client as grr } from '@dither/mechanisms/grr';
import { client as hadamardResponse } from '@dither/mechanisms/hadamard-response';
import { client as localHashing } from '@dither/mechanisms/local-hashing';
import { client as oneBitMean } from '@dither/mechanisms/one-bit-mean';
import { client as oue } from '@dither/mechanisms/oue';
import { client as projectiveGeometry } from '@dither/mechanisms/projective-geometry';
import { client as rr } from '@dither/mechanisms/rr';
import { client as subsetSelection } from '@dither/mechanisms/subset-selection';
import { client as tree } from '@dither/mechanisms/tree';
import { boolean, category, count, defineRegistry, registryToText, timing } from '@dither/protocol';
import { type EstimateAnswer, type EstimateRow, memoryStorage, openAccess, startServer } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { about, DAY, temporaryFolder, testClock } from './fixture.js';

const client = fileURLToPath(new URL('../../../examples/python/client.py', import.meta.url));
const fleet = fileURLToPath(new URL('./fixtures/python_fleet.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

const values = ['a', 'b', 'c', 'd', 'e'];
const listed = { ...about, period: 1, values, epsilon: 3 } as const;
const registry = defineRegistry({
  app: 'org.example.python',
  expectedClients: 2000,
  budget: { perWindow: 1000, lifetime: 13_000 },
  metrics: {
    crashed: boolean({ ...about, period: 1, epsilon: 3, mechanism: rr }),
    grr: category({ ...listed, mechanism: grr }),
    oue: category({ ...listed, mechanism: oue }),
    'subset-selection': category({ ...listed, mechanism: subsetSelection }),
    'hadamard-response': category({ ...listed, mechanism: hadamardResponse }),
    'projective-geometry': category({ ...listed, mechanism: projectiveGeometry }),
    'local-hashing': category({ ...listed, mechanism: localHashing }),
    tabs: count({ ...about, period: 1, clamp: 20, epsilon: 3, mechanism: oneBitMean }),
    load: timing({ ...about, period: 1, range: [10, 1000], buckets: 16, epsilon: 3, mechanism: tree }),
  },
});

/** Of ten clients: which value each holds, "no event" included. What is true of all of them is known exactly. */
const TURNS = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'c', 'd', undefined];
const CLIENTS = 2000;
const shares: { readonly [label: string]: number } = { a: 0.4, b: 0.3, c: 0.1, d: 0.1, e: 0, none: 0.1 };

function valuesOf(turn: number): { readonly [metric: string]: unknown } {
  const value = TURNS[turn % TURNS.length];
  const events = Object.fromEntries(
    Object.keys(registry.metrics)
      .filter((id) => id.includes('-') || id === 'grr' || id === 'oue')
      .map((id) => [id, value]),
  );
  const isLate = turn % 10 < 3;
  return {
    ...(value === undefined ? {} : events),
    ...(isLate ? { crashed: true, tabs: 15, load: 500 } : { tabs: 5, load: 50 }),
  };
}

/**
 * Of normal errors. The tails of rare reports are heavier: a wrong alarm is to be expected in fewer than one of 100,000 runs.
 * The client draws from the system's generator, so every run is another one.
 */
const ALARM = 1e-7;

if (!hasPython) console.warn('python3 is not here: what the client in Python sends is not counted');

describe.skipIf(!hasPython)('2,000 clients in Python, written from docs/protocol.md alone', () => {
  it('are counted whole, and estimated right', async () => {
    const [storage, clock, folder] = [memoryStorage(), testClock(), temporaryFolder()];
    const access = await openAccess(storage, clock);
    const { key } = await access.createKey({ app: registry.app });
    const server = await startServer({ registries: [registry], storage, clock, access, rateLimit: false });
    onTestFinished(() => server.close());
    writeFileSync(join(folder, 'registry.json'), registryToText(registry));
    const clients = Array.from({ length: CLIENTS }, (_, turn) => valuesOf(turn));
    const settings = { server: server.url, day: DAY, writeKey: key, clients };
    writeFileSync(join(folder, 'fleet.json'), JSON.stringify(settings));
    // Else the interpreter would write beside the sources.
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const args = [fleet, dirname(client), join(folder, 'registry.json'), join(folder, 'fleet.json')];
    const { stdout } = await promisify(execFile)('python3', args, { env });
    expect(JSON.parse(stdout)).toEqual({ counted: CLIENTS });

    const checks: { readonly row: EstimateRow; readonly truth: number }[] = [];
    const expectRow = ({ values: rows }: EstimateAnswer, truth: number, found: (row: EstimateRow) => boolean) => {
      const row = rows.find(found);
      expect(row).toBeDefined();
      if (row !== undefined) checks.push({ row, truth });
    };
    const estimates = async (id: string, query = '') => {
      const response = await fetch(`${server.url}/v1/metrics/${id}/estimate${query}`);
      const answer = (await response.json()) as EstimateAnswer;
      expect([id, answer.n]).toEqual([id, CLIENTS]);
      return answer;
    };
    const lists = Object.values(registry.metrics).filter(({ kind }) => kind === 'category');
    for (const { id } of lists) {
      const answer = await estimates(id);
      for (const [label, truth] of Object.entries(shares)) expectRow(answer, truth, (row) => row.label === label);
    }
    expectRow(await estimates('crashed'), 0.3, ({ quantity }) => quantity === 'frequency');
    const tabs = await estimates('tabs');
    expectRow(tabs, 8, ({ quantity }) => quantity === 'mean');
    expectRow(tabs, 0, ({ quantity }) => quantity === 'zero');
    const load = await estimates('load', '?above=200');
    expectRow(load, 1, ({ quantity }) => quantity === 'with-event');
    expectRow(load, 0.3, ({ quantity }) => quantity === 'above');

    expect(lists).toHaveLength(6);
    expect(checks).toHaveLength(6 * 6 + 5);
    const most = normalQuantile(1 - ALARM / (2 * checks.length));
    for (const { row, truth } of checks) {
      const error = ((row.value as number) - truth) / (row.standardError as number);
      expect([row.label, Math.abs(error) < most]).toEqual([row.label, true]);
    }
    // Shares that a wrong client would get wrong are far outside of what chance allows here.
    const widest = Math.max(...checks.filter(({ truth }) => truth < 1).map(({ row }) => row.standardError as number));
    expect(most * widest).toBeLessThan(0.2);
  });

  it('are told when the key is another', async () => {
    const [storage, clock, folder] = [memoryStorage(), testClock(), temporaryFolder()];
    const access = await openAccess(storage, clock);
    const { key } = await access.createKey({ app: registry.app });
    const server = await startServer({ registries: [registry], storage, clock, access });
    onTestFinished(() => server.close());
    writeFileSync(join(folder, 'registry.json'), registryToText(registry));
    writeFileSync(join(folder, 'values.json'), JSON.stringify(valuesOf(0)));
    const run = (...more: string[]) => {
      const args = [client, 'registry.json', 'values.json', '--day', '2026-11-20', '--post', server.url, ...more];
      return promisify(execFile)('python3', args, {
        cwd: folder,
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      });
    };
    expect(JSON.parse((await run('--write-key', key)).stdout)).toMatchObject({ accepted: 9, duplicate: false });
    expect(JSON.parse((await run('--json', '--write-key', key)).stdout)).toMatchObject({ accepted: 9 });
    const refused: { code?: number; stdout?: string } = await run().catch((error) => error);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout ?? '')).toMatchObject({ code: 'key-refused', retry: true });
  });
});
