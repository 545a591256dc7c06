import type { WordSource } from '@dither/mechanisms';
import { aggregator } from '../../src/mechanisms/square-wave.js';
import { binomialTail } from './binomial-tail.js';
import { drawState, holdersOf, shapes, trueQuantile, waveOf } from './wave-world.js';

interface WaveSetting {
  readonly shape: keyof typeof shapes;
  readonly epsilon: number;
  readonly n: number;
  readonly cells: number;
  readonly withEvent: number;
}

const quantiles = [0.5, 0.75, 0.95];

/**
 * Of the same population, drawn and estimated `runs` times, how many runs the 95% intervals missed: of three quantiles, a share
 * above a cell that changes, the share of a group of the histogram, the mean, and the share with an event.
 */
export function missesOf({ shape, epsilon, n, cells, withEvent }: WaveSetting, runs: number, source: WordSource) {
  const wave = waveOf(epsilon, cells);
  const holders = holdersOf(shapes[shape](cells), withEvent, n);
  const amounts = Array.from({ length: cells }, (_, i) => i + 0.5);
  const events = n - (holders[cells] as number);
  const share = (from: number, to: number) => holders.slice(from, to).reduce((sum, count) => sum + count, 0) / events;
  const truths = quantiles.map((quantile) => trueQuantile(holders, quantile).cell);
  const meanTruth = amounts.reduce((sum, amount, i) => sum + (amount * (holders[i] as number)) / events, 0);
  const misses = { p50: 0, p75: 0, p95: 0, above: 0, group: 0, mean: 0, withEvent: 0 };
  const outside = ({ low, high }: { low: number; high: number }, truth: number) => Number(truth < low || truth > high);
  for (let run = 0; run < runs; run++) {
    const from = Math.floor(cells / 10) + ((37 * run) % Math.floor(0.8 * cells));
    const answer = aggregator.distribution(wave.params, drawState(wave, holders, source), {
      quantiles,
      above: [from],
      amounts,
    });
    (['p50', 'p75', 'p95'] as const).forEach((name, k) => {
      const { low, high } = answer.quantiles[k] as (typeof answer.quantiles)[number];
      const cell = truths[k] as number;
      misses[name] += Number(low > cell || high < cell + 1);
    });
    for (const above of answer.above) misses.above += outside(above, share(from, cells));
    const group = answer.histogram[run % answer.histogram.length];
    if (group !== undefined) misses.group += outside(group.share, share(group.from, group.to));
    misses.mean += outside(answer.mean, meanTruth);
    misses.withEvent += outside(answer.withEvent, events / n);
  }
  return misses;
}

/** Those that are not credible of intervals that miss with probability .06 at most: a hundredth more for the normal approximation. */
export function incredible(misses: ReturnType<typeof missesOf>, runs: number, alpha: number): readonly string[] {
  return Object.entries(misses).flatMap(([name, count]) =>
    binomialTail(runs, 0.06, count) < alpha ? [`${name}: ${count} of ${runs}`] : [],
  );
}
