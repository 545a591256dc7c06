import { type FrequencyMechanism, numerator, recordedSource, toNumber } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../src/mechanisms/_window.js';
import * as duchi from '../src/mechanisms/duchi.js';
import * as hybrid from '../src/mechanisms/hybrid.js';
import * as piecewise from '../src/mechanisms/piecewise.js';
import { countingSource } from './support/seeded.js';

/** Of one value: everybody holds it. */
function corner(domainSize: number, value: number): Float64Array {
  const shares = new Float64Array(domainSize);
  shares[value] = 1;
  return shares;
}

type Means = Pick<FrequencyMechanism, 'client' | 'aggregator' | 'channel'>;
const means = { duchi, piecewise, hybrid } as unknown as { readonly [id in 'duchi' | 'piecewise' | 'hybrid']: Means };
const mechanisms: Readonly<Record<string, Means>> = means;

/** Variance of one report with half the clamp as unit, as the papers give it. */
function unitVariance({ client, aggregator }: Means, epsilon: number, clamp: number, value: number): number {
  const params = (client.params as typeof duchi.params)({ epsilon, domainSize: clamp + 1 });
  return (aggregator.variance(params, corner(clamp + 1, value), 1)[0] as number) * (2 / clamp) ** 2;
}

describe('counts beyond the steps of the grid', () => {
  for (const [id, { client, aggregator, channel }] of Object.entries(mechanisms)) {
    it(`are estimated by ${id} without bias, with the stated variance, likelihoods summing to one`, () => {
      const clamp = 500;
      const params = (client.params as typeof duchi.params)({ epsilon: 1.5, domainSize: clamp + 1 });
      const reports = [...channel.reports(params)];
      const says = reports.map((report) => {
        const state = aggregator.empty(params);
        aggregator.accumulate(params, state, report);
        return aggregator.estimate(params, state)[0]?.value as number;
      });
      for (const value of [0, 1, 3, 249, 250, 497, 500]) {
        const chances = reports.map((report) => toNumber(channel.likelihood(params, value, report)));
        const mean = (f: (said: number) => number) =>
          chances.reduce((sum, chance, j) => sum + chance * f(says[j] as number), 0);
        expect(mean(() => 1)).toBeCloseTo(1, 12);
        expect(mean((said) => said)).toBeCloseTo(value, 9);
        const variance = aggregator.variance(params, corner(clamp + 1, value), 1)[0] as number;
        expect(mean((said) => (said - value) ** 2) / variance).toBeCloseTo(1, 9);
      }
    });
  }

  it('are rounded to a neighbour as often as brings their own mean, in whole numbers', () => {
    for (const shape of [
      { clamp: 500, steps: 127 },
      { clamp: 2 ** 17 + 1, steps: 127 },
      { clamp: 9, steps: 1 },
    ]) {
      for (const value of [0, 1, Math.floor(shape.clamp / 3), shape.clamp - 1, shape.clamp]) {
        let sum = 0;
        for (let up = 0; up < shape.clamp; up++) sum += placeOf(shape, value, up);
        expect(sum).toBe(value * shape.steps);
        expect(placeOf(shape, value, shape.clamp - 1) - placeOf(shape, value, 0)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('take the place that the first word says', () => {
    const params = piecewise.params({ epsilon: 1, domainSize: 501 });
    // Rounding, the place in the window, anywhere, and a coin that keeps the window.
    const report = (up: number, near: number) =>
      piecewise.client.randomize(params, 250, recordedSource([up, near, 7, 0]));
    expect([report(0, 0), report(249, 0), report(250, 0), report(0, 5)]).toEqual([63, 63, 64, 68]);
    expect(piecewise.client.randomize(params, 250, recordedSource([0, 0, 7, 0xffffffff]))).toBe(7);
  });
});

describe('the client of Hybrid', () => {
  const params = hybrid.params({ epsilon: 1, domainSize: 4 });
  const { clamp, window, outputs } = params;
  const thresholds = [params.inside, params.anywhere, params.truth];

  /** The draws below 2^64 between two thresholds: how many they are, and their first and last. */
  const stretches = [0n, ...thresholds.map(numerator)].map((from, i, all) => {
    const to = all[i + 1] ?? 1n << 64n;
    return { weight: to - from, ends: [from, to - 1n] };
  });

  /** Runs on the words of these draws; the lower half of the last is a word only where the upper decides nothing. */
  function run(value: number, up: number, near: number, anywhere: number, draw: bigint) {
    const high = Number(draw >> 32n);
    const isTie = thresholds.some((t) => t.high === high);
    const words = [up, near, anywhere, high, ...(isTie ? [Number(draw & 0xffffffffn)] : [])];
    const source = countingSource(recordedSource(words));
    const report = hybrid.client.randomize(params, value, source);
    return { report, isAll: source.drawn === words.length };
  }

  it('has the law of the channel, exactly, and takes the same words for every value', () => {
    expect([clamp, window > 1, outputs]).toEqual([3, true, 3 + window]);
    for (let value = 0; value <= clamp; value++) {
      const law = new Map<number, bigint>();
      for (let up = 0; up < clamp; up++) {
        for (let near = 0; near < window; near++) {
          for (let anywhere = 0; anywhere < outputs; anywhere++) {
            for (const { weight, ends } of stretches) {
              const [first, last] = ends.map((draw) => run(value, up, near, anywhere, draw));
              expect([first?.isAll, last?.isAll]).toEqual([true, true]);
              expect(first?.report).toBe(last?.report);
              law.set(first?.report as number, (law.get(first?.report as number) ?? 0n) + weight);
            }
          }
        }
      }
      const all = BigInt(clamp * window * outputs) << 64n;
      for (const report of hybrid.channel.reports(params)) {
        const likelihood = hybrid.channel.likelihood(params, value, report);
        expect((law.get(report) ?? 0n) * likelihood.denominator).toBe(likelihood.numerator * all);
      }
    }
  });
});

describe('the variance', () => {
  it('of Duchi is ((E+1)/(E-1))^2 - t^2', () => {
    for (const epsilon of [0.5, 1, 2, 4]) {
      const d = ((Math.exp(epsilon) + 1) / (Math.exp(epsilon) - 1)) ** 2;
      expect(unitVariance(means.duchi, epsilon, 20, 0)).toBeCloseTo(d - 1, 9);
      expect(unitVariance(means.duchi, epsilon, 20, 10)).toBeCloseTo(d, 9);
      expect(unitVariance(means.duchi, epsilon, 20, 13)).toBeCloseTo(d - 0.09, 9);
    }
  });

  it('of a window of m e^(-epsilon/2) steps tends to that of the continuous piecewise mechanism', () => {
    for (const epsilon of [0.5, 1, 2, 4]) {
      const steps = 4000;
      const s = Math.exp(epsilon / 2);
      const params = piecewise.withWindow(steps + 1, epsilon * 1e6, steps, Math.round(steps / s));
      for (const t of [-1, 0, 0.3]) {
        const shares = corner(steps + 1, Math.round(((t + 1) * steps) / 2));
        const variance = (piecewise.aggregator.variance(params, shares, 1)[0] as number) * (2 / steps) ** 2;
        expect(variance / (t ** 2 / (s - 1) + (s + 3) / (3 * (s - 1) ** 2))).toBeCloseTo(1, 3);
      }
    }
  });

  it('of a window of one step is that of Duchi', () => {
    const window = piecewise.params({ epsilon: 1, domainSize: 2 });
    expect([window.steps, window.window]).toEqual([1, 1]);
    expect(unitVariance(means.piecewise, 1, 1, 0)).toBeCloseTo(3.68269437683, 9);
  });

  it('has these worst cases at epsilon 1, 2 and 4, and these windows', () => {
    const worst = (id: string) =>
      [1, 2, 4].map((epsilon) => {
        const all = [0, 32, 63, 127].map((value) => unitVariance(mechanisms[id] as Means, epsilon, 127, value));
        return Number(Math.max(...all).toPrecision(3));
      });
    expect(worst('duchi')).toEqual([4.68, 1.72, 1.08]);
    expect(worst('piecewise')).toEqual([5.07, 1.09, 0.162]);
    expect(worst('hybrid')).toEqual([4.27, 0.982, 0.156]);
    const windows = [1, 2, 4].map((epsilon) => piecewise.params({ epsilon, domainSize: 128 }).window);
    expect(windows).toEqual([99, 75, 41]);
  });

  it('of Piecewise is least, in its worst case, at the window chosen', () => {
    for (const epsilon of [0.1, 1, 2, 4, 8]) {
      const worst = (window: number) => {
        const params = piecewise.withWindow(41, epsilon * 1e6, 40, window);
        const ends = [0, 20, 40].map((v) => piecewise.aggregator.variance(params, corner(41, v), 1)[0] as number);
        return Math.max(...ends);
      };
      const all = Array.from({ length: 40 }, (_, i) => worst(i + 1));
      const { window } = piecewise.params({ epsilon, domainSize: 41 });
      expect(worst(window) / Math.min(...all)).toBeCloseTo(1, 12);
    }
  });

  it('of Hybrid is the same for every population, and at most the worst case of either part', () => {
    for (const epsilon of [0.7, 1, 2, 4, 8]) {
      const all = [0, 1, 40, 99].map((value) => unitVariance(means.hybrid, epsilon, 99, value));
      for (const variance of all) expect(variance / (all[0] as number)).toBeCloseTo(1, 9);
      const ofDuchi = unitVariance(means.duchi, epsilon, 100, 50);
      const ofPiecewise = unitVariance(means.piecewise, epsilon, 99, 0);
      expect(all[0]).toBeLessThan(Math.min(ofDuchi, ofPiecewise));
    }
  });

  it('of Hybrid is that of Duchi where Duchi alone is better, below epsilon .61', () => {
    for (const epsilon of [0.01, 0.5, 0.6]) {
      expect(hybrid.params({ epsilon, domainSize: 128 }).steps).toBe(1);
      for (const value of [0, 30, 127]) {
        const ratio = unitVariance(means.hybrid, epsilon, 127, value) / unitVariance(means.duchi, epsilon, 127, value);
        expect(ratio).toBeCloseTo(1, 9);
      }
    }
    expect(hybrid.params({ epsilon: 0.61, domainSize: 128 }).steps).toBe(127);
  });
});

describe('a report', () => {
  it('is one byte whatever the clamp and epsilon, and its epsilon is used in full', () => {
    for (const epsilon of [0.01, 0.5, 1, 4, 10]) {
      for (const domainSize of [2, 3, 128, 129, 1000, 2 ** 20 + 1]) {
        for (const { client, channel } of Object.values(mechanisms)) {
          const params = (client.params as typeof duchi.params)({ epsilon, domainSize });
          expect(params.reportBytes).toBe(1);
          expect([...channel.reports(params)].length).toBeLessThanOrEqual(256);
          const effective = channel.effectiveEpsilon(params);
          expect(effective).toBeLessThanOrEqual(epsilon);
          expect(effective).toBeGreaterThan(epsilon * (1 - 1e-12));
        }
      }
    }
  });
});
