import { catalogue } from '@dither/mechanisms/catalogue';
import * as grr from '@dither/mechanisms/grr';
import { category, defineRegistry } from '@dither/protocol';
import {
  type RunReport,
  runExperiment,
  runPage,
  runReport,
  seededSources,
  shapedPopulation,
  summing,
} from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { pageText } from '../src/page/text.js';

const registry = defineRegistry({
  app: 'org.example.wide',
  expectedClients: 100,
  metrics: {
    page: category({
      description: 'Page',
      purpose: 'To test',
      owner: 'tests@example.org',
      period: 28,
      expires: '2099-12-31',
      values: Array.from({ length: 30 }, (_, i) => `${i}${'-a-very-long-name'.repeat(5)}`),
      mechanism: grr.client,
    }),
  },
});

async function report(clients: number, repetitions: number): Promise<RunReport> {
  const seed = 'report';
  const population = shapedPopulation('zipf', { zipf: 1 }, registry);
  const sums = summing(seededSources(seed)('tested cells'));
  const options = { registry, mechanisms: catalogue, population, clients, repetitions, seed };
  for await (const trial of runExperiment(options)) sums.add(trial);
  return runReport({ registry, population, clients, seed, summary: sums.result() });
}

function textOf(of: RunReport): string {
  return pageText(runPage(of), { isColoured: false });
}

describe('a report as text', () => {
  it('shows the most common values, clips their names, and counts the rest', async () => {
    const text = textOf(await report(5000, 3));
    expect(text).toContain('and 19 rarer values: --json has all');
    expect(text).toMatch(/^ {2}0-a-very-long-name-a-very-long-name-a\.\.\. +\d+\.\d\d% /m);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(132);
  });

  it('says so where nothing can be told from none', async () => {
    expect(textOf(await report(20, 1))).toContain('With 20 installations no share can be told from none.');
    const one = textOf(await report(1, 1));
    expect(one).toMatch(/^With 1 installation an estimated share/);
    expect(one).toContain('\nWith 1 installation no share can be told from none.');
  });

  it('gives each value its errors over all repetitions', async () => {
    const { metrics, mse, maxError, intervals } = await report(500, 4);
    const values = metrics[0]?.values ?? [];
    expect(intervals.count).toBe(4 * 31);
    const total = values.reduce((sum, it) => sum + (it.over.rmse ?? 0) ** 2, 0);
    expect(mse).toBeCloseTo(total / values.length, 12);
    expect(intervals.covered).toBeCloseTo(4 * values.reduce((sum, it) => sum + (it.over.coverage ?? 0), 0), 9);
    expect(maxError).toBeGreaterThanOrEqual(Math.max(...values.map((it) => Math.abs(it.error ?? 0))));
  });
});
