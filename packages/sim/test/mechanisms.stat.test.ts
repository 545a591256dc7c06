import { catalogue } from '@dither/mechanisms/catalogue';
import * as dBitFlip from '@dither/mechanisms/d-bit-flip';
import * as duchi from '@dither/mechanisms/duchi';
import * as hadamardCountMeanSketch from '@dither/mechanisms/hadamard-count-mean-sketch';
import * as hybrid from '@dither/mechanisms/hybrid';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as localHashing from '@dither/mechanisms/local-hashing';
import * as loloha from '@dither/mechanisms/loloha';
import * as piecewise from '@dither/mechanisms/piecewise';
import * as recursiveHadamard from '@dither/mechanisms/recursive-hadamard';
import { category, count, defineRegistry, type MetricOptions, timing } from '@dither/protocol';
import { runExperiment, runReport, seededSources, shapedPopulation, summing } from '@dither/sim';
import { describe, expect, it } from 'vitest';

const about: Omit<MetricOptions, 'epsilon'> = {
  description: 'Something',
  purpose: 'To test',
  owner: 'tests@example.org',
  period: 28,
  expires: '2099-12-31',
};
const values = Array.from({ length: 12 }, (_, i) => `v${i}`);
const latch = { epsilonFirst: 1, epsilonInfinity: 2, epoch: 56 } as const;

/** Public draws, latched indices, and counts that are asked for their mean alone. */
const registry = defineRegistry({
  app: 'org.example.mechanisms',
  expectedClients: 1000,
  budget: { perWindow: 30 },
  metrics: {
    hashed: category({ ...about, values, mechanism: localHashing.client }),
    recursive: category({ ...about, values, mechanism: recursiveHadamard.client }),
    sketched: category({ ...about, values, mechanism: hadamardCountMeanSketch.client }),
    latched: category({ ...about, values, mechanism: lGrr.client, latch }),
    'latched-hashed': timing({ ...about, range: [1, 100], buckets: 12, mechanism: loloha.client, latch }),
    'latched-bits': timing({
      ...about,
      range: [1, 100],
      buckets: 12,
      mechanism: dBitFlip.client,
      latch: { ...latch, epsilonInfinity: 1 },
    }),
    duchi: count({ ...about, clamp: 20, mechanism: duchi.client }),
    piecewise: count({ ...about, clamp: 20, mechanism: piecewise.client }),
    hybrid: count({ ...about, clamp: 20, mechanism: hybrid.client }),
  },
});

describe('mechanisms with public draws, latched ones, and means alone', async () => {
  const repetitions = 120;
  const seed = 'mechanisms';
  const sums = summing(seededSources(seed)('tested cells'));
  const options = {
    registry,
    mechanisms: catalogue,
    population: shapedPopulation('zipf', { zipf: 1 }, registry),
    clients: 600,
    repetitions,
    seed,
  };
  for await (const trial of runExperiment(options)) sums.add(trial);
  const summary = sums.result();

  it('have errors as large as they say, and intervals that hold the truth as often', () => {
    expect(summary.metrics.map(({ metric }) => metric.metric.id)).toEqual(registry.wire.map(({ id }) => id));
    for (const { metric, cells } of summary.metrics) {
      const isMean = metric.metric.kind === 'count';
      expect(cells.map(({ cell }) => cell.quantity.name)).toEqual(
        isMean ? ['mean'] : new Array(metric.valueCount).fill('frequency'),
      );
      for (const { errors } of cells) {
        // A root mean square of 120 errors is within 38% of its own, and a mean within 5.33 of its errors: alpha 1e-7 each;
        // the standard error of a mean may be too large, never too small.
        expect(Math.abs(errors.bias)).toBeLessThan((5.33 * errors.standardError) / Math.sqrt(repetitions));
        expect(errors.rmse).toBeLessThan(1.38 * errors.standardError);
        if (!isMean) expect(errors.rmse).toBeGreaterThan(0.62 * errors.standardError);
      }
    }
    expect(summary.coverage.isPassed).toBe(true);
  });

  it('are reported like any other', () => {
    const { metrics } = runReport({ ...options, summary });
    expect(metrics).toHaveLength(registry.wire.length);
  });
});
