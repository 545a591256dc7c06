import { describe, expect, it } from 'vitest';
import { shareBetween } from '../src/estimate/distribution/square-wave-bracket.js';
import { eventTotal, ratioOf, total, waveSample } from '../src/estimate/distribution/square-wave-sample.js';
import { aggregator } from '../src/mechanisms/square-wave.js';
import { binomialTail } from './support/binomial-tail.js';
import { chiSquareTail } from './support/chi-square.js';
import { seededSource } from './support/seeded.js';
import { incredible, missesOf } from './support/wave-coverage.js';
import { drawState, holdersOf, shapes, trueQuantile, waveOf } from './support/wave-world.js';

/** False-alarm rate of each statistical test below. */
const ALPHA = 1e-4;

/**
 * Of a population that is looked at in seven ways an interval that misses three runs of ten is refused with a probability of
 * .94, of two in ten .42; 400 runs, and more populations: square-wave.torture.ts.
 */
const COVERAGE_RUNS = 60;
const RUNS = 120;
const CELLS = 100;
const Z = 1.959964;
const amounts = Array.from({ length: CELLS }, (_, i) => i + 0.5);

/** Whether so many misses are credible of intervals that miss with probability at most `rate`. */
const isCredible = (misses: number, rate: number) => binomialTail(RUNS, rate, misses) >= ALPHA;

const settings = (['waits', 'flat', 'humps', 'spikes'] as const).flatMap((shape) =>
  (
    [
      [1, 10_000],
      [4, 100_000],
    ] as const
  ).map(([epsilon, n]) => ({ shape, epsilon, n })),
);

describe('95% intervals, of a population held fixed', () => {
  it.each(settings)('cover for %o', (setting) => {
    const { shape, epsilon, n } = setting;
    const source = seededSource(`coverage/${shape}/${epsilon}/${n}`);
    const misses = missesOf({ ...setting, cells: CELLS, withEvent: 0.8 }, COVERAGE_RUNS, source);
    expect(incredible(misses, COVERAGE_RUNS, ALPHA)).toEqual([]);
  });

  it('would not cover if a ramp were taken for the step: the bracket does', () => {
    const wave = waveOf(1, CELLS);
    const holders = holdersOf(shapes.waits(CELLS), 1, 100_000);
    const truth = holders.slice(0, 60).reduce((sum, count) => sum + count, 0) / 100_000;
    const source = seededSource('coverage/broken');
    const ramp = Array.from({ length: CELLS }, (_, i) => Math.min(1, Math.max(0, (60 - i) / 12)));
    const misses = { ramp: 0, bracket: 0 };
    for (let run = 0; run < RUNS; run++) {
      const { n, counts } = drawState(wave, holders, source);
      const sample = waveSample(wave.channel, n, counts);
      const events = eventTotal(sample);
      const one = ratioOf(sample, total(sample, ramp), events, Z, [0, 1]);
      const both = shareBetween(sample, events, 0, 60, Z);
      misses.ramp += Number(truth < one.low || truth > one.high);
      misses.bracket += Number(truth < both.low || truth > both.high);
    }
    expect(isCredible(misses.bracket, 0.05)).toBe(true);
    expect(isCredible(misses.ramp, 0.05)).toBe(false);
  });
});

describe('errors', () => {
  it('of the mean and of withEvent have the variance stated, over runs', () => {
    const wave = waveOf(1, CELLS);
    const holders = holdersOf(shapes.waits(CELLS), 0.7, 50_000);
    const events = 50_000 - (holders[CELLS] as number);
    const truth = amounts.reduce((sum, amount, i) => sum + (amount * (holders[i] as number)) / events, 0);
    const source = seededSource('errors/mean');
    let [mean, withEvent] = [0, 0];
    for (let run = 0; run < RUNS; run++) {
      const answer = aggregator.distribution(wave.params, drawState(wave, holders, source), {
        quantiles: [],
        above: [],
        amounts,
      });
      mean += ((answer.mean.value - truth) / answer.mean.standardError) ** 2;
      withEvent += ((answer.withEvent.value - events / 50_000) / answer.withEvent.standardError) ** 2;
    }
    for (const squares of [mean, withEvent]) {
      const tail = chiSquareTail(squares, RUNS);
      expect(Math.min(tail, 1 - tail)).toBeGreaterThan(ALPHA / 2);
    }
  });

  it('of p75 are those predicted, and at epsilon 1 and 100,000 reports below 1% of the axis', () => {
    const wave = waveOf(1, CELLS);
    const holders = holdersOf(shapes.waits(CELLS), 1, 100_000);
    const truth = trueQuantile(holders, 0.75).place;
    const source = seededSource('errors/p75');
    let squares = 0;
    for (let run = 0; run < RUNS; run++) {
      const [p75] = aggregator.distribution(wave.params, drawState(wave, holders, source), {
        quantiles: [0.75],
        above: [],
        amounts,
      }).quantiles;
      squares += ((p75?.place ?? 0) - truth) ** 2;
    }
    const error = Math.sqrt(squares / RUNS);
    const shares = holders.map((count) => count / 100_000);
    const predicted = aggregator.quantileError(wave.params, 100_000, shares, 0.75);
    expect(error / CELLS).toBeLessThan(0.01);
    // 40 simulated runs against 120: the ratio of two such root mean squares is within a factor 1.8 at alpha 1e-4.
    expect(predicted / error).toBeGreaterThan(1 / 1.8);
    expect(predicted / error).toBeLessThan(1.8);
  });
});
