import { catalogue } from '@dither/mechanisms/catalogue';
import * as grr from '@dither/mechanisms/grr';
import { category, defineRegistry } from '@dither/protocol';
import {
  type RunReport,
  reportText,
  runExperiment,
  runReport,
  seededSources,
  shapedPopulation,
  summing,
} from '@dither/sim';
import { describe, expect, it } from 'vitest';

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

function report(clients: number, repetitions: number): RunReport {
  const sources = seededSources('report');
  const population = shapedPopulation('zipf', { zipf: 1 }, registry);
  const sums = summing(sources('tested cells'));
  for (const trial of runExperiment({ registry, mechanisms: catalogue, population, clients, repetitions, sources })) {
    sums.add(trial);
  }
  return runReport({ registry, population, clients, seed: 'report', summary: sums.result() });
}

describe('a report as text', () => {
  it('shows the most common values, clips their names and counts the rest', () => {
    const text = reportText(report(5000, 3));
    expect(text).toContain('and 19 rarer values: --json has all');
    expect(text).toMatch(/^ {2}0-a-very-long-name-a-\.\.\. +\d+\.\d\d% /m);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(132);
  });

  it('draws the estimate as a bar and the truth as a mark, scaled to the largest', () => {
    const whole = report(200_000, 1);
    const [line = ''] = reportText(whole)
      .split('\n')
      .filter((it) => it.startsWith('  0-a-very'));
    expect(line).toMatch(/yes {2}#{20,23}[|# ]*\|?/);
    expect(line).toContain('|');
  });

  it('says so where nothing can be told from none', () => {
    expect(reportText(report(20, 1))).toContain('at this size no share can be told from none');
  });

  it('gives each value its errors over all repetitions', () => {
    const { metrics, mse, maxError, intervals } = report(500, 4);
    const values = metrics[0]?.values ?? [];
    expect(intervals.count).toBe(4 * 31);
    const total = values.reduce((sum, it) => sum + (it.over.rmse ?? 0) ** 2, 0);
    expect(mse).toBeCloseTo(total / values.length, 12);
    expect(intervals.covered).toBeCloseTo(4 * values.reduce((sum, it) => sum + (it.over.coverage ?? 0), 0), 9);
    expect(maxError).toBeGreaterThanOrEqual(Math.max(...values.map((it) => Math.abs(it.error ?? 0))));
  });
});
