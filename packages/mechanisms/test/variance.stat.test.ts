import type { FrequencyMechanism } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { describe, expect, it } from 'vitest';
import { freshMechanism } from './support/catalogued.js';
import { chiSquareTail, goodnessOfFit } from './support/chi-square.js';
import {
  biasOf,
  categorical,
  type Errors,
  isStated,
  nameOf,
  settingsOf,
  throughClients,
  throughLaw,
} from './support/mse.js';

/**
 * Mean squared error against the stated variance; `mse.torture.ts` has the whole grid. False-alarm rates are those of
 * `isStated` (1e-4) and of a normal score beyond 4 (6e-5).
 */

/** Mechanisms for means and for two values beside those for shares. */
const OTHERS: readonly (readonly [id: string, domainSizes: readonly number[]])[] = [
  ['one-bit-mean', [11, 101]],
  ['duchi', [11]],
  ['piecewise', [11, 301]],
  ['hybrid', [11, 301]],
];

function frequencyMechanism(id: string): FrequencyMechanism {
  const mechanism = catalogue.get(id);
  if (mechanism?.answers !== 'frequencies') throw new Error(`no mechanism ${id} for frequencies`);
  return mechanism;
}

function check(errors: Errors): void {
  expect(isStated(errors)).toBe(true);
  expect(Math.abs(biasOf(errors))).toBeLessThan(4);
}

describe('mean squared error times n, through the real clients,', () => {
  const settings = [
    ...categorical.flatMap((mechanism) => [
      ...settingsOf(mechanism, [2], [0.5]),
      ...settingsOf(mechanism, [16], [1]),
      ...settingsOf(mechanism, [64], [4]),
    ]),
    ...OTHERS.flatMap(([id, domainSizes]) => settingsOf(frequencyMechanism(id), domainSizes, [1, 4])),
  ].map((setting) => ({ ...setting, n: 2000 }));
  for (const setting of settings) {
    it(`is the stated variance: ${nameOf(setting)}`, () => {
      check(throughClients(setting, setting.domainSize < 16 || setting.mechanism.id === 'one-bit-mean' ? 100 : 30));
    });
  }
});

describe('mean squared error times n, by the exact law of the state,', () => {
  for (const mechanism of categorical) {
    for (const setting of settingsOf(mechanism, [16], [2])) {
      for (const n of [10_000, 10_000_000]) {
        it(`is the stated variance: ${nameOf({ ...setting, n })}`, () => check(throughLaw({ ...setting, n }, 100)));
      }
    }
  }
});

describe('the test of mean squared error', () => {
  for (const domainSize of [2, 16]) {
    it(`refuses a variance that is half, or twice, what it should be, of ${domainSize} values`, () => {
      const errors = throughLaw({ mechanism: freshMechanism('grr'), domainSize, epsilon: 1, n: 10_000 }, 100);
      for (const factor of [0.5, 2]) {
        expect(isStated({ ...errors, squares: errors.squares.map((square) => factor * square) })).toBe(false);
      }
    });
  }

  it('sees the bias of a pool of hash functions that meet more often than is counted on', () => {
    const localHashing = freshMechanism('local-hashing');
    type Pooled = { readonly pool: { readonly cellOf: (row: number, value: number) => number } };
    const params: typeof localHashing.client.params = (options) => {
      const sound = localHashing.client.params(options);
      const { pool } = sound as unknown as Pooled;
      // The last value is always where the first one is.
      const cellOf = (row: number, value: number) => pool.cellOf(row, value === sound.domainSize - 1 ? 0 : value);
      return Object.freeze({ ...sound, pool: { ...pool, cellOf } });
    };
    const mechanism = { ...localHashing, client: { ...localHashing.client, params } };
    const setting = { mechanism, domainSize: 64, epsilon: 1 };
    expect(isStated(throughLaw({ ...setting, n: 10_000_000 }, 100))).toBe(false);
  });
});

describe('the variance table', () => {
  const perReport = (id: string, epsilon: number, domainSize: number) => {
    const mechanism = freshMechanism(id);
    const shares = new Array<number>(domainSize).fill(0);
    shares[domainSize - 1] = 1;
    return mechanism.aggregator.variance(mechanism.client.params({ epsilon, domainSize }), shares, 1)[0] as number;
  };

  it('has the closed forms of the papers for a rare value', () => {
    for (const epsilon of [0.5, 1, 2, 4]) {
      const e = Math.exp(epsilon);
      const half = Math.exp(epsilon / 2);
      expect(perReport('rr', epsilon, 2) / (e / (e - 1) ** 2)).toBeCloseTo(1, 9);
      // Their probabilities have few digits, for a ten-thousandth of epsilon: of the variance that is twice as much.
      const beyond = [
        perReport('sue', epsilon, 64) / (half / (half - 1) ** 2) - 1,
        perReport('oue', epsilon, 64) / ((4 * e) / (e - 1) ** 2) - 1,
      ];
      expect(Math.min(...beyond)).toBeGreaterThan(-1e-9);
      expect(Math.max(...beyond)).toBeLessThan(4e-4);
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
