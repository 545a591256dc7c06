import type { FrequencyMechanism, WordSource } from '@dither/mechanisms';
import * as localHashing from '@dither/mechanisms/local-hashing';
import { describe, expect, it } from 'vitest';
import { hashPool, poolShape } from '../src/encode/hash-pool.js';
import { characteristicOf } from '../src/field/galois.js';
import { checks } from './mechanism.contract.js';
import { UNBIASED } from './support/broken.js';
import { exactLaw, looksOf } from './support/exact-law.js';
import { seededSource } from './support/seeded.js';

const { aggregator, channel, client, params } = localHashing;
const mechanism = { id: 'local-hashing', answers: 'frequencies', ...localHashing } as unknown as FrequencyMechanism;

type Params = localHashing.LocalHashingParams;
type Options = Parameters<typeof params>[0];

/** Chances that a report supports its client's value and another one, and the share of functions in which two collide. */
function chances({ cells, keep, pool }: Params): { p: number; q: number; collision: number } {
  const kept = keep.high / 2 ** 32 + keep.low / 2 ** 64;
  const [own, other] = [kept + (1 - kept) / cells, (1 - kept) / cells];
  const { collision } = pool;
  return { p: own, q: collision * own + (1 - collision) * other, collision };
}

/** Rare-value variance of one report. */
function rareVariance(made: Params): number {
  const shares = new Float64Array(made.domainSize);
  shares[made.domainSize - 1] = 1;
  return aggregator.variance(made, shares, 1)[0] as number;
}

/** The header's formula. */
function formula(epsilon: number, cells: number, domainSize: number): number {
  const e = Math.exp(epsilon);
  const { lower, points } = poolShape(cells, domainSize);
  const c = (lower - 1) / (points - 1);
  return ((1 + c * (e - 1)) * (e + cells - 2 - c * (e - 1))) / ((1 - c) * (e - 1)) ** 2;
}

describe('the number of cells', () => {
  it('is the prime power with the least variance, of those whose counters are few enough', () => {
    const powers = Array.from({ length: 1100 }, (_, cells) => cells).filter((g) => characteristicOf(g) !== undefined);
    for (const domainSize of [2, 7, 16, 100, 1000, 1024, 65_536]) {
      for (const epsilon of [0.000001, 0.3, 0.5, 1, 1.5, 2, 3, 4, 5]) {
        const made = params({ epsilon, domainSize });
        const allowed = powers.filter((cells) => poolShape(cells, domainSize).rows * cells <= 2 ** 22);
        const least = Math.min(...allowed.map((cells) => formula(epsilon, cells, domainSize)));
        expect(formula(epsilon, made.cells, domainSize) / least).toBeCloseTo(1, 9);
        expect(rareVariance(made) / least).toBeCloseTo(1, 6);
      }
    }
  });

  it('is this at 1,024 values', () => {
    const shape = [0.5, 1, 2, 4, 8].map((epsilon) => {
      const { cells, draws, reportBytes } = params({ epsilon, domainSize: 1024 });
      return [cells, draws, reportBytes];
    });
    expect(shape).toEqual([
      [3, 1093, 1],
      [4, 341, 1],
      [8, 585, 1],
      [53, 54, 1],
      [1024, undefined, 2],
    ]);
  });

  it('keeps a state within 4 million counters up to 2^20 values', () => {
    for (const epsilon of [0.000001, 0.5, 1, 2, 4, 16]) {
      const { cells, pool } = params({ epsilon, domainSize: 2 ** 20 });
      expect(pool.points).toBeGreaterThanOrEqual(2 ** 20);
      expect(pool.rows * cells).toBeLessThanOrEqual(2 ** 22);
    }
  });
});

describe('the variance of local hashing', () => {
  it('is at most that of the published form, whose values collide in one of g functions', () => {
    for (const epsilon of [0.5, 1, 2, 4]) {
      const e = Math.exp(epsilon);
      const published = (g: number) => (e - 1 + g) ** 2 / ((e - 1) ** 2 * (g - 1));
      const best = Math.min(published(Math.floor(e) + 1), published(Math.ceil(e) + 1));
      for (const domainSize of [16, 128, 1024, 65_536]) {
        expect(rareVariance(params({ epsilon, domainSize })) / best).toBeLessThan(1.001);
      }
    }
  });

  it('is that of subset selection where the cells are blocks of the best size', () => {
    // 4 of 16 values at epsilon 1: p = w E/(w E + k - w), q as in Ye, Barg 2018, section III.
    const e = Math.E;
    const p = (4 * e) / (4 * e + 12);
    const q = (p * 3 + (1 - p) * 4) / 15;
    expect(params({ epsilon: 1, domainSize: 16 }).cells).toBe(4);
    expect(rareVariance(params({ epsilon: 1, domainSize: 16 }))).toBeCloseTo((q * (1 - q)) / (p - q) ** 2, 9);
  });
});

describe('local hashing over another pool', () => {
  const over = (change: (made: Params) => Params): FrequencyMechanism => ({
    ...mechanism,
    client: { ...mechanism.client, params: (options: Options) => Object.freeze(change(params(options))) } as never,
  });
  const inCells = (made: Params, cells: number): Params => {
    const pool = hashPool(cells, made.domainSize);
    const { draws: _, ...rest } = made;
    return { ...rest, ...(pool.rows > 1 && { draws: pool.rows }), cells, pool };
  };

  it('is refused by the contract where functions disregard the first digit', () => {
    const blind = over((made) => {
      const whole = inCells(made, 2);
      const { cellOf } = whole.pool;
      const pool = Object.freeze({ ...whole.pool, cellOf: (row: number, value: number) => cellOf(row, value & ~1) });
      return { ...whole, pool };
    });
    expect(() => checks[UNBIASED](over((made) => inCells(made, 2)))).not.toThrow();
    expect(() => checks[UNBIASED](blind)).toThrow();
  });

  it('is refused by the contract where a function is missing', () => {
    const poor = over((made) => {
      const { draws: _, ...whole } = inCells(made, 2);
      const rows = Math.max(1, whole.pool.rows - 1);
      return { ...whole, ...(rows > 1 && { draws: rows }), pool: Object.freeze({ ...whole.pool, rows }) };
    });
    expect(() => checks[UNBIASED](poor)).toThrow();
  });
});

describe('what forged reports gain, together over 10 values of 1,024 at epsilon 1, a twentieth being forged', () => {
  const made = params({ epsilon: 1, domainSize: 1024 });
  const { p, q } = chances(made);
  const gain = (supported: number) => (0.05 * (supported - 10 * q)) / (p - q);

  /** How many of the values the fullest cell of each function holds. */
  function fullest(values: readonly number[]): number[] {
    return Array.from({ length: made.pool.rows }, (_, row) => {
      const loads = new Array<number>(made.cells).fill(0);
      for (const value of values) {
        const cell = made.pool.cellOf(row, value);
        loads[cell] = (loads[cell] as number) + 1;
      }
      return Math.max(...loads);
    });
  }

  function scattered(): number[][] {
    const source = seededSource('targets');
    return Array.from({ length: 200 }, () => {
      const values = new Set<number>();
      while (values.size < 10) values.add(source.next() % 1024);
      return [...values];
    });
  }

  const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

  it('is .37 under assigned draws, and 1.1 under the best of them, for scattered values', () => {
    const loads = scattered().map(fullest);
    expect(gain(mean(loads.map(mean)))).toBeCloseTo(0.375, 2);
    expect(gain(mean(loads.map((all) => Math.max(...all))))).toBeCloseTo(1.1, 1);
  });

  it('is 1.7 where all share a cell, and neighbours do under 6% of the draws: 16 nonces on average', () => {
    expect(gain(10)).toBeCloseTo(1.66, 2);
    const loads = fullest(Array.from({ length: 10 }, (_, value) => value));
    expect(loads.filter((load) => load === 10).length / loads.length).toBeCloseTo(0.0616, 4);
  });
});

describe('a report of local hashing', () => {
  it('has the law of the channel under each draw, over all words', () => {
    const made = params({ epsilon: 0.3, domainSize: 8 });
    const { cells, pool } = made;
    expect([cells, pool.rows]).toEqual([2, 7]);
    const picks = seededSource('law');
    const looks = looksOf(made, [cells], 1);
    for (let draw = 0; draw < pool.rows; draw++) {
      for (const value of [0, 3, 7]) {
        const run = (source: WordSource) => String(client.randomize(made, value, source, draw));
        const law = exactLaw(run, looks, (size) => picks.next() % size, 4);
        for (let cell = 0; cell < cells; cell++) {
          const report = draw * cells + cell;
          const { numerator, denominator } = channel.likelihood(made, value, report);
          const stated = (BigInt(pool.rows) * numerator * law.unit) / denominator;
          expect((law.results.get(String(report)) as bigint) - stated).toBeLessThanOrEqual(0n);
          expect(stated - (law.results.get(String(report)) as bigint)).toBeLessThanOrEqual(law.unresolved);
        }
      }
    }
  });

  it('counts in the row of its public draw, as the values of its cell', () => {
    const made = params({ epsilon: 1, domainSize: 64 });
    const state = aggregator.empty(made);
    const report = aggregator.decode(made, Uint8Array.of(2), 7);
    aggregator.accumulate(made, state, report);
    const { p, q } = chances(made);
    aggregator.estimate(made, state).forEach(({ value: share }, value) => {
      const isSupported = made.pool.cellOf(7, value) === 2;
      expect(share).toBeCloseTo(((isSupported ? 1 : 0) - q) / (p - q), 12);
    });
  });

  it('says its cell alone', () => {
    const made = params({ epsilon: 1, domainSize: 64 });
    const report = client.randomize(made, 5, seededSource('cell'), 11);
    expect(Math.floor(report / made.cells)).toBe(11);
    expect([...client.encode(made, report)]).toEqual([report % made.cells]);
  });
});
