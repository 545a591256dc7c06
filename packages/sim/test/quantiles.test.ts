import { amountAt } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { type Cell, type Population, quantilePlace, runExperiment, type Trial } from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { rich, richPopulation } from './rich-registry.js';

async function cells(id: string, population: Population, clients = 5000): Promise<readonly Cell[]> {
  const options = { registry: rich, mechanisms: catalogue, population, clients, repetitions: 1, seed: 'quantiles' };
  const trial = (await runExperiment(options).next()).value as Trial;
  return trial.findings.find(({ metric }) => metric.metric.id === id)?.cells ?? [];
}

describe('a quantile', () => {
  it('is where the counts, evenly spread within their buckets, reach its share', () => {
    expect(quantilePlace([4, 4], 0.5)).toBe(1);
    expect(quantilePlace([4, 4], 0.75)).toBe(1.5);
    expect(quantilePlace([0, 8, 0, 2], 0.5)).toBe(1.625);
    expect(quantilePlace([0, 8, 0, 2], 0.8)).toBe(2);
    expect(quantilePlace([0, 8, 0, 2], 0.95)).toBe(3.75);
    expect(quantilePlace([0, 0], 0.5)).toBeNaN();
  });

  it('is said in the unit', () => {
    const edges = [10, 20, 40, 80];
    expect([0, 0.5, 1, 2.25, 3].map((place) => amountAt(edges, place))).toEqual([10, 15, 20, 50, 80]);
  });
});

describe.each(['memory', 'load'])('an experiment on quantiles of %s', (id) => {
  it('finds as truth the quantiles, the mean and the groups of those with an event', async () => {
    // Half at 25 MiB or ms, a quarter at 125, a quarter at 325, each in a bucket of its own.
    const histogram = [
      [25, 2],
      [125, 1],
      [325, 1],
    ];
    const found = await cells(id, richPopulation({ [id]: { none: 0.2, histogram } }));
    const metric = rich.metrics[id];
    const edges = metric?.domain.edges ?? [];
    const bucket = (x: number): readonly [number, number] => {
      const i = metric?.encode(x) as number;
      return [edges[i] as number, edges[i + 1] as number];
    };
    const named = (label: string): Cell => found.find(({ quantity }) => quantity.label === label) as Cell;
    const counts = (share: number): number => share * 5000;
    // Four standard deviations of a share: 6e-5 each.
    expect(Math.abs(named('with an event').truth - 0.8)).toBeLessThan(4 * Math.sqrt(0.16 / 5000));
    expect(counts(named('with an event').truth)).toBeCloseTo(Math.round(counts(named('with an event').truth)), 8);
    const p95 = named('p95');
    const [low, high] = bucket(325);
    expect(p95.truth).toBeGreaterThan(low);
    expect(p95.truth).toBeLessThan(high);
    expect(p95.quantity).toEqual({ name: 'quantile', label: 'p95', isShare: false });
    expect(p95.estimate.low).toBeLessThanOrEqual(p95.estimate.value);
    expect(p95.estimate.high).toBeGreaterThanOrEqual(p95.estimate.value);
    expect(p95.error).toBe(p95.estimate.value - p95.truth);

    const middle = (x: number): number => (bucket(x)[0] + bucket(x)[1]) / 2;
    const mean = (2 * middle(25) + middle(125) + middle(325)) / 4;
    // Amounts spread over at most 325, so the mean of 4,000 of them over 325 / 2 / sqrt(4000); five of those.
    expect(Math.abs(named('mean').truth - mean)).toBeLessThan((5 * 325) / 2 / Math.sqrt(4000));

    const groups = found.filter(({ quantity }) => quantity.name === 'histogram');
    expect(groups.reduce((sum, { truth }) => sum + truth, 0)).toBeCloseTo(1, 12);
    expect(new Set(groups.map(({ quantity }) => quantity.label)).size).toBe(groups.length);
  });

  it('knows no quantile where nobody had an event', async () => {
    const found = await cells(id, richPopulation({ [id]: { none: 1, uniform: {} } }), 500);
    for (const { quantity, truth } of found) {
      if (quantity.name === 'with-event') expect(truth).toBe(0);
      else expect(truth, quantity.label).toBeNaN();
    }
  });
});
