import { describe, expect, it } from 'vitest';
import { aggregator } from '../src/mechanisms/square-wave.js';
import { binomialTail } from './support/binomial-tail.js';
import { seededSource } from './support/seeded.js';
import { drawState, holdersOf, shapes, trueQuantile, waveOf } from './support/wave-world.js';

/** False-alarm rate of each count of misses; there are 144. */
const ALPHA = 1e-6;

const RUNS = 400;
const CELLS = 128;
const quantiles = [0.5, 0.75, 0.95];
const amounts = Array.from({ length: CELLS }, (_, i) => i + 0.5);

const settings = (Object.keys(shapes) as (keyof typeof shapes)[]).flatMap((shape) =>
  [1, 2, 4].flatMap((epsilon) => [1000, 100_000, 1_000_000].map((n) => ({ shape, epsilon, n }))),
);

describe('95% intervals over 400 runs', () => {
  it.each(settings)('of quantiles and the mean cover for %o', ({ shape, epsilon, n }) => {
    const wave = waveOf(epsilon, CELLS);
    const holders = holdersOf(shapes[shape](CELLS), 0.7, n);
    const events = n - (holders[CELLS] as number);
    const truths = quantiles.map((quantile) => trueQuantile(holders, quantile).cell);
    const meanTruth = amounts.reduce((sum, amount, i) => sum + (amount * (holders[i] as number)) / events, 0);
    const source = seededSource(`torture/${shape}/${epsilon}/${n}`);
    const misses = [0, 0, 0, 0];
    for (let run = 0; run < RUNS; run++) {
      const state = drawState(wave, holders, source);
      const answer = aggregator.distribution(wave.params, state, { quantiles, above: [], amounts });
      const outside = [
        ...answer.quantiles.map(({ low, high }, k) => low > (truths[k] as number) || high <= (truths[k] as number)),
        meanTruth < answer.mean.low || meanTruth > answer.mean.high,
      ];
      outside.forEach((isOutside, k) => {
        misses[k] = (misses[k] as number) + Number(isOutside);
      });
    }
    // A hundredth more for the normal approximation.
    expect(misses.filter((count) => binomialTail(RUNS, 0.06, count) < ALPHA)).toEqual([]);
  });
});
