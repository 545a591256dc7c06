import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as oue from '@dither/mechanisms/oue';
import { category, defineRegistry, registryToText } from '@dither/protocol';
import type { RunReport } from '@dither/sim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sim } from './support/in-process.js';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dither-sim-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the sentence over a chart', () => {
  it('names the share that a value needs to be detected among all that are looked for, 19 times in 20', async () => {
    const values = Array.from({ length: 63 }, (_, i) => `value-${i}`);
    const registry = defineRegistry({
      app: 'org.example.many',
      expectedClients: 50_000,
      metrics: {
        page: category({
          description: 'Which page.',
          purpose: 'To test.',
          owner: 'tests@example.org',
          period: 28,
          expires: '2099-12-31',
          values,
          mechanism: oue.client,
        }),
      },
    });
    const file = join(folder, 'many.json');
    await writeFile(file, registryToText(registry));
    const args = ['run', '--registry', file, '--clients', '50000', '--engine', 'exact', '--seed', 'words'];

    const { out } = await sim(...args, '--population', 'uniform');
    const said = /you will see any value held by more than about ([\d.]+)% of them/.exec(out)?.[1];
    const share = Number(said) / 100;
    const population = join(folder, 'held.json');
    const held = 20;
    const weights = Object.fromEntries(values.slice(0, held).map((value) => [value, 1]));
    await writeFile(population, JSON.stringify({ metrics: { page: { none: 1 - held * share, values: weights } } }));
    const many = await sim(...args, '--population', population, '--repetitions', '150', '--json');
    const [page] = (JSON.parse(many.out) as RunReport).metrics;
    const { recall, precision } = page?.accuracy ?? {};
    // Of 3,000 values looked at: a standard error is .004, and .93 and .97 are five of them away.
    expect(recall?.mean).toBeGreaterThan(0.93);
    expect(recall?.mean).toBeLessThan(0.97);
    expect(precision?.mean).toBeGreaterThan(0.99);
  });
});
