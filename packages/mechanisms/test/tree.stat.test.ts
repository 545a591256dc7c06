import type { State } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { quantileInterval } from '../src/estimate/distribution/quantile.js';
import { belowBorders, excessOf, type TreeCounts, treeSample } from '../src/estimate/distribution/tree-sample.js';
import { covarianceAt } from '../src/estimate/distribution/tree-variance.js';
import { aggregator, client, params } from '../src/mechanisms/tree.js';
import { probability } from '../src/random/bernoulli.js';
import { chiSquareTail } from './support/chi-square.js';
import { seededSource } from './support/seeded.js';
import { isRefused, scores } from './support/tree-coverage.js';
import { drawTreeState, populations, truePlace, wholeClients } from './support/tree-world.js';

/** False-alarm rate of each test below, on each side. */
const ALPHA = 1e-6;

const quantiles = [0.5, 0.75, 0.95];

/** An interval that covers .8 is refused with a probability of .83, .75 of .99; 400 runs, of more populations: tree.torture.ts. */
describe('coverage of 95% intervals in 200 runs is between .93 and .98', () => {
  const settings = [
    { name: 'waits, logarithmic axis', epsilon: 1, n: 10_000 },
    { name: 'waits, linear axis', epsilon: 2, n: 1_000_000 },
  ] as const;

  it.each(settings)('%o', ({ name, epsilon, n }) => {
    const setting = { ...populations[name], epsilon, n, quantiles };
    const found = scores(setting, 200, seededSource(`tree/${name}`));
    expect(found.filter(({ covered }) => isRefused(covered, 200, [0.93, 0.98], ALPHA))).toEqual([]);
  });
});

describe('an interval that takes every level for answered by everybody', () => {
  const n = 100_000;
  const runs = 200;
  const p = params({ epsilon: 1, domainSize: 257 });
  const { shares } = populations['waits, linear axis'];
  const holders = wholeClients(shares, 1, n);
  const truth = truePlace(holders, 0.5);
  const support = { p: probability(p.bits.set), q: probability(p.bits.unset) };

  function countsOf({ counts, n: reports }: State): TreeCounts {
    let [at, none] = [0, 0];
    const levels = p.levelBits.map((bits) => {
      const level = { answers: counts[at] as number, bits: counts.subarray(at + 1, at + bits) };
      none += counts[at + bits] as number;
      at += bits + 1;
      return level;
    });
    return { shape: p.shape, support, n: reports, none, levels };
  }

  function covered(isBroken: boolean): number {
    const source = seededSource('tree/everybody');
    let total = 0;
    for (let run = 0; run < runs; run++) {
      const sample = treeSample(countsOf(drawTreeState(p, holders, source)));
      const everybody = { ...sample.fit, sizes: sample.fit.sizes.map(() => n) };
      const covariance = isBroken ? covarianceAt(everybody, n, sample.answer, shares) : sample.covariance;
      const [low, high] = quantileInterval(p.shape, excessOf(belowBorders({ ...sample, covariance }), 0.5), 1.959964);
      total += Number(low <= truth && truth <= high);
    }
    return total;
  }

  it('fails the test of coverage, which the sound one passes', () => {
    expect(isRefused(covered(false), runs, [0.93, 0.98], ALPHA)).toBe(false);
    expect(isRefused(covered(true), runs, [0.93, 0.98], ALPHA)).toBe(true);
  });
});

describe('predicted errors', () => {
  it('are those of 200 runs, where the quantile is known to a fraction of the range', () => {
    const runs = 200;
    const { shares, withEvent } = populations['waits, linear axis'];
    for (const [epsilon, n] of [
      [1, 1_000_000],
      [2, 100_000],
    ] as const) {
      const found = scores({ shares, withEvent, epsilon, n, quantiles }, runs, seededSource(`tree/error/${epsilon}`));
      const p = params({ epsilon, domainSize: 257 });
      found.slice(0, 2).forEach(({ error }, i) => {
        const predicted = aggregator.quantileError(p, n, [...shares, 0], quantiles[i] as number);
        // The sum of squares over the predicted variance is chi-square if the prediction is right; it is right to 15%.
        const squares = runs * (error / predicted) ** 2;
        expect(chiSquareTail(squares / 1.15 ** 2, runs)).toBeGreaterThan(ALPHA);
        expect(1 - chiSquareTail(squares * 1.15 ** 2, runs)).toBeGreaterThan(ALPHA);
      });
    }
  });
});

describe('the detection limit', () => {
  it('is told from zero 19 times in 20', () => {
    const [epsilon, n, runs] = [1, 100_000, 400];
    const p = params({ epsilon, domainSize: 257 });
    const question = { quantiles: [], above: [240], amounts: new Float64Array(256) };
    const spread = (share: number) =>
      Array.from({ length: 256 }, (_, cell) => (cell >= 240 ? share / 16 : (1 - share) / 240));
    const source = seededSource('tree/limit');
    const draw = (share: number) => {
      const state = drawTreeState(p, wholeClients(spread(share), 0.8, n), source);
      return aggregator.distribution(p, state, question).above[0];
    };
    const limit = draw(0.1)?.detectionLimit as number;
    let told = 0;
    for (let run = 0; run < runs; run++) told += Number((draw(limit)?.low as number) > 0);
    // The limit itself is an estimate, by way of the share with an event.
    expect(isRefused(told, runs, [0.93, 0.97], ALPHA)).toBe(false);
  });
});

describe('the sampler of states', () => {
  it('has the law of the real clients: mean and spread of each counter', () => {
    const p = params({ epsilon: 1, domainSize: 10 });
    const holders = [30, 0, 10, 5, 5, 0, 20, 10, 0, 20];
    const runs = 2000;
    const source = seededSource('tree/sampler');
    const byClients = () => {
      const state = aggregator.empty(p);
      holders.forEach((count, value) => {
        for (let i = 0; i < count; i++) aggregator.accumulate(p, state, client.randomize(p, value, source));
      });
      return state.counts;
    };
    const moments = [byClients, () => drawTreeState(p, holders, source).counts].map((draw) => {
      const sums = aggregator.empty(p).counts;
      const squares = aggregator.empty(p).counts;
      for (let run = 0; run < runs; run++) {
        draw().forEach((count, i) => {
          sums[i] = (sums[i] as number) + count;
          squares[i] = (squares[i] as number) + count * count;
        });
      }
      return { mean: sums.map((sum) => sum / runs), square: squares.map((square) => square / runs) };
    });
    const [real, drawn] = moments as [(typeof moments)[0], (typeof moments)[0]];
    // Six standard errors of a difference of means (ALPHA over 2 x 16 counters is beyond 5.5), each counter's own
    // spread; that of a variance is at most sqrt(3) variances over the root of the runs.
    real.mean.forEach((mean, i) => {
      const variance = (real.square[i] as number) - mean * mean;
      const difference = mean - (drawn.mean[i] as number);
      expect(Math.abs(difference)).toBeLessThan(6 * Math.sqrt((2 * variance) / runs));
      const drawnVariance = (drawn.square[i] as number) - (drawn.mean[i] as number) ** 2;
      expect(Math.abs(variance - drawnVariance)).toBeLessThan(6 * variance * Math.sqrt(6 / runs));
    });
  });
});
