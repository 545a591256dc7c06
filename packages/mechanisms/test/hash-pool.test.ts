import { describe, expect, it } from 'vitest';
import { type HashPool, hashPool, poolShape } from '../src/encode/hash-pool.js';
import { sumOverRows } from '../src/estimate/pool-sums.js';
import { galoisField } from '../src/field/galois.js';
import { codeOf } from './support/ensure.js';
import { seededSource } from './support/seeded.js';

/** In how many functions each two values of the domain meet: the different numbers there are. */
function meetings({ cellOf, domainSize, rows }: HashPool): number[] {
  const found = new Set<number>();
  for (let x = 0; x < domainSize; x++) {
    for (let y = 0; y < x; y++) {
      let met = 0;
      for (let row = 0; row < rows; row++) if (cellOf(row, x) === cellOf(row, y)) met++;
      found.add(met);
    }
  }
  return [...found];
}

/** Digits of x in base `cells`, lowest first. */
function digitsOf(x: number, cells: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(x / cells ** i) % cells);
}

/** The functions, one by one, as their description has them: factors of each, the last that is not zero being 1. */
function factorsOf({ cells, digits }: HashPool): number[][] {
  const rows: number[][] = [];
  for (let j = 0; j < digits; j++) {
    for (let low = 0; low < cells ** j; low++) rows.push([...digitsOf(low, cells, j), 1]);
  }
  return rows;
}

const SHAPES = [
  [2, 8],
  [2, 21],
  [3, 27],
  [3, 10],
  [4, 64],
  [5, 30],
  [8, 64],
  [9, 81],
  [16, 40],
  [25, 60],
  [32, 33],
  [67, 70],
  [7, 7],
  [64, 2],
] as const;

describe('a pool of hash functions', () => {
  it('has every two values meet in equally many functions, the stated share of them', () => {
    for (const [cells, domainSize] of SHAPES) {
      const pool = hashPool(cells, domainSize);
      expect(meetings(pool)).toEqual([(pool.lower - 1) / (cells - 1)]);
      expect(pool.collision).toBe((pool.lower - 1) / (cells - 1) / pool.rows);
      expect(pool.collision).toBeLessThan(1 / cells);
    }
  });

  it('is told from one whose functions disregard a digit: some two values always meet there', () => {
    const whole = hashPool(3, 27);
    const blind: HashPool = { ...whole, cellOf: (row, value) => whole.cellOf(row, value - (value % 3)) };
    const found = meetings(blind);
    expect(found.length).toBeGreaterThan(1);
    expect(Math.max(...found)).toBe(whole.rows);
  });

  it('is told from one that lacks a function', () => {
    expect(meetings({ ...hashPool(4, 16), rows: 4 }).length).toBeGreaterThan(1);
  });

  it('hashes as linear functions do, written out', () => {
    for (const [cells, domainSize] of SHAPES) {
      const pool = hashPool(cells, domainSize);
      const { add, multiply } = galoisField(cells);
      const rows = factorsOf(pool);
      expect(rows.length).toBe(pool.rows);
      rows.forEach((factors, row) => {
        for (let value = 0; value < domainSize; value++) {
          const digits = digitsOf(value, cells, pool.digits);
          const cell = factors.reduce((sum, a, i) => add(sum, multiply(a, digits[i] as number)), 0);
          expect(pool.cellOf(row, value)).toBe(cell);
        }
      });
    }
  });

  it('has no two functions with the same groups of values', () => {
    const { cellOf, domainSize, rows } = hashPool(4, 64);
    const groupings = Array.from({ length: rows }, (_, row) => {
      const names = new Map<number, number>();
      return Array.from({ length: domainSize }, (_, value) => {
        const cell = cellOf(row, value);
        names.set(cell, names.get(cell) ?? names.size);
        return names.get(cell);
      }).join();
    });
    expect(new Set(groupings).size).toBe(rows);
  });

  it('takes the least number of digits, and is a single function where one will do', () => {
    expect(poolShape(4, 1024)).toEqual({ cells: 4, digits: 5, lower: 256, points: 1024, rows: 341 });
    expect(poolShape(4, 1025)).toEqual({ cells: 4, digits: 6, lower: 1024, points: 4096, rows: 1365 });
    expect(poolShape(1024, 1024).rows).toBe(1);
    expect(hashPool(1024, 1000).collision).toBe(0);
  });

  it('refuses cells that are no field and domains out of range', () => {
    expect(codeOf(() => hashPool(6, 100))).toBe('option-invalid');
    expect(codeOf(() => hashPool(4, 1))).toBe('domain-size-out-of-range');
    expect(codeOf(() => hashPool(4, 2 ** 20 + 1))).toBe('domain-size-out-of-range');
  });
});

describe('sums over the functions of a pool', () => {
  /** The plain form: for a value, function by function. */
  function plainSum({ cellOf, cells, rows }: HashPool, amounts: Float64Array, value: number): number {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += amounts[row * cells + cellOf(row, value)] as number;
    return sum;
  }

  function amountsFor({ cells, rows }: HashPool, seed: string): Float64Array {
    const source = seededSource(seed);
    return Float64Array.from({ length: rows * cells }, () => source.next() % 1000);
  }

  it('are those taken value by value, in every kind of field', () => {
    for (const [cells, domainSize] of SHAPES) {
      const pool = hashPool(cells, domainSize);
      const amounts = amountsFor(pool, `sums/${cells}`);
      const plain = Array.from({ length: domainSize }, (_, value) => plainSum(pool, amounts, value));
      expect([...sumOverRows(pool, amounts)]).toEqual(plain);
    }
  });

  it('are taken for 2^16 values within seconds', { timeout: 20_000 }, () => {
    for (const cells of [3, 4, 53, 256]) {
      const pool = hashPool(cells, 2 ** 16);
      const amounts = amountsFor(pool, `many/${cells}`);
      const sums = sumOverRows(pool, amounts);
      for (const value of [0, 1, 55_555, 2 ** 16 - 1]) expect(sums[value]).toBe(plainSum(pool, amounts, value));
    }
  });
});
