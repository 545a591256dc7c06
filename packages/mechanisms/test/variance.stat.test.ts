import type { FrequencyMechanism } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { chiSquareTail, goodnessOfFit } from './support/chi-square.js';
import { seededSource } from './support/seeded.js';

/** False-alarm rate of each statistical test below, two-sided. */
const ALPHA = 1e-4;

const REPETITIONS = 100;

function catalogued(id: string): FrequencyMechanism {
  const mechanism = catalogue.get(id);
  if (mechanism?.answers !== 'frequencies') throw new Error(`no mechanism ${id} for frequencies`);
  return mechanism;
}

/** Zipf shares, and the values of n clients that have them as nearly as whole clients can. */
function population(domainSize: number, n: number): { values: number[]; shares: number[] } {
  const weights = Array.from({ length: domainSize }, (_, value) => 1 / (value + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map((weight) => Math.floor((n * weight) / total));
  counts[0] = n - counts.slice(1).reduce((sum, count) => sum + count, 0);
  return {
    values: counts.flatMap((count, value) => new Array<number>(count).fill(value)),
    shares: counts.map((c) => c / n),
  };
}

/**
 * Squared errors over the stated variance, one random quantity of each repetition: independent, each close to the
 * square of a standard normal number, so their sum is close to chi-square.
 */
function squaredErrors(mechanism: FrequencyMechanism, epsilon: number, domainSize: number, n: number): number[] {
  const { client, aggregator } = mechanism;
  const params = client.params({ epsilon, domainSize });
  const { values, shares } = population(domainSize, n);
  const seed = `${mechanism.id}/${epsilon}/${domainSize}/${n}`;
  const source = seededSource(seed);
  const choose = seedrandom(`choose/${seed}`);
  const quantities = aggregator.quantities(params);
  return Array.from({ length: REPETITIONS }, () => {
    const state = aggregator.empty(params);
    for (const value of values) aggregator.accumulate(params, state, client.randomize(params, value, source));
    const j = Math.floor(choose() * quantities.length);
    const truth = shares.reduce((sum, share, value) => sum + share * (quantities[j]?.weights(value) as number), 0);
    const estimate = aggregator.estimate(params, state)[j];
    if (estimate === undefined) throw new Error('no estimate');
    const variance = aggregator.variance(params, shares, estimate.n, n)[j] as number;
    return (estimate.value - truth) ** 2 / variance;
  });
}

describe('mean squared error times n, by simulation through the real clients', () => {
  const settings: readonly (readonly [string, number, number])[] = [
    ['rr', 0.5, 2],
    ['rr', 4, 2],
    ['grr', 1, 16],
    ['grr', 4, 128],
    ['sue', 1, 16],
    ['sue', 4, 64],
    ['oue', 0.5, 16],
    ['oue', 2, 64],
    ['one-bit-mean', 1, 11],
    ['one-bit-mean', 4, 101],
  ];
  for (const [id, epsilon, domainSize] of settings) {
    for (const n of [400, 2000]) {
      it(`is the stated variance for ${id}, ${domainSize} values, epsilon ${epsilon}, n ${n}`, () => {
        const errors = squaredErrors(catalogued(id), epsilon, domainSize, n);
        const tail = chiSquareTail(
          errors.reduce((sum, error) => sum + error, 0),
          REPETITIONS,
        );
        expect(Math.min(tail, 1 - tail)).toBeGreaterThan(ALPHA / 2);
      });
    }
  }
});

describe('the test of mean squared error', () => {
  it('refuses a variance that is half, or twice, what it should be', () => {
    const total = squaredErrors(catalogued('rr'), 1, 2, 400).reduce((sum, error) => sum + error, 0);
    expect(chiSquareTail(2 * total, REPETITIONS)).toBeLessThan(ALPHA / 2);
    expect(1 - chiSquareTail(total / 2, REPETITIONS)).toBeLessThan(ALPHA / 2);
  });
});

describe('the variance table', () => {
  const perReport = (id: string, epsilon: number, domainSize: number) => {
    const mechanism = catalogued(id);
    const shares = new Array<number>(domainSize).fill(0);
    shares[domainSize - 1] = 1;
    return mechanism.aggregator.variance(mechanism.client.params({ epsilon, domainSize }), shares, 1)[0] as number;
  };

  it('has the closed forms of the papers for a rare value', () => {
    for (const epsilon of [0.5, 1, 2, 4]) {
      const e = Math.exp(epsilon);
      const half = Math.exp(epsilon / 2);
      expect(perReport('rr', epsilon, 2) / (e / (e - 1) ** 2)).toBeCloseTo(1, 9);
      expect(perReport('sue', epsilon, 64) / (half / (half - 1) ** 2)).toBeCloseTo(1, 9);
      expect(perReport('oue', epsilon, 64) / ((4 * e) / (e - 1) ** 2)).toBeCloseTo(1, 9);
      for (const k of [2, 16, 128, 1024]) {
        expect(perReport('grr', epsilon, k) / ((e + k - 2) / (e - 1) ** 2)).toBeCloseTo(1, 9);
      }
    }
  });

  it('has these numbers at epsilon 1 and 4', () => {
    const row = (id: string, k: number) => [1, 4].map((epsilon) => Number(perReport(id, epsilon, k).toPrecision(4)));
    expect(row('rr', 2)).toEqual([0.9207, 0.01901]);
    expect(row('grr', 16)).toEqual([5.662, 0.02388]);
    expect(row('grr', 1024)).toEqual([347.1, 0.3748]);
    expect(row('sue', 1024)).toEqual([3.918, 0.181]);
    expect(row('oue', 1024)).toEqual([3.683, 0.07602]);
  });

  it('prefers GRR to OUE below 3 e^epsilon + 2 values, and OUE above', () => {
    for (const epsilon of [0.5, 1, 2, 3]) {
      const limit = 3 * Math.exp(epsilon) + 2;
      const oue = perReport('oue', epsilon, 64);
      expect(perReport('grr', epsilon, Math.floor(limit))).toBeLessThan(oue);
      expect(perReport('grr', epsilon, Math.ceil(limit))).toBeGreaterThan(oue);
    }
  });
});

describe('the tests of fit used here', () => {
  it('have the tails of the chi-square tables', () => {
    for (const [x, df, tail] of [
      [3.841459, 1, 0.05],
      [10.827566, 1, 0.001],
      [18.307038, 10, 0.05],
      [124.342113, 100, 0.05],
      [23.928127, 1, 1e-6],
    ] as const) {
      expect(chiSquareTail(x, df) / tail).toBeCloseTo(1, 5);
    }
    expect(chiSquareTail(0, 3)).toBe(1);
    expect(chiSquareTail(1e6, 3)).toBe(0);
  });

  it('accept what fits and refuse what does not', () => {
    expect(goodnessOfFit([250, 250, 500], [0.25, 0.25, 0.5])).toBe(1);
    expect(goodnessOfFit([300, 200, 500], [0.25, 0.25, 0.5])).toBeLessThan(1e-4);
    expect(goodnessOfFit([900, 0, 100], [0.999, 0.0005, 0.0005])).toBeLessThan(1e-9);
  });
});
