import { probability } from '@dither/mechanisms';
import { params } from '@dither/mechanisms/loloha';
import { describe, expect, it } from 'vitest';
import { cohortHash, hashedValues } from '../src/encode/cohort-hash.js';
import { cellStages, effectiveFirst } from '../src/mechanisms/_two-stage.js';

const CELLS = [2, 4, 8, 16, 32, 64];

describe('the hash functions of a draw of 64', () => {
  it.each(CELLS)('take any two values to one of %i cells in exactly one of so many draws', (cells) => {
    const hash = cohortHash(cells);
    expect(64 % hash.functions).toBe(0);
    for (let a = 0; a < hashedValues(cells); a++) {
      for (let b = 0; b < a; b++) {
        let together = 0;
        for (let draw = 0; draw < 64; draw++) {
          const row = draw % hash.functions;
          if (hash.cellOf(row, a) === hash.cellOf(row, b)) together++;
        }
        expect(together).toBe(64 / cells);
      }
    }
  });

  it.each(CELLS)('use all of %i cells, and no other', (cells) => {
    const { functions, cellOf } = cohortHash(cells);
    const used = new Set<number>();
    for (let row = 0; row < functions; row++) {
      for (let value = 0; value < functions; value++) used.add(cellOf(row, value));
    }
    expect([...used].sort((a, b) => a - b)).toEqual(Array.from({ length: cells }, (_, cell) => cell));
  });
});

describe('the number of cells', () => {
  const cellsAt = (epsilonFirst: number, domainSize: number) =>
    params({ epsilonFirst, epsilonInfinity: epsilonFirst + 1, reports: 2, domainSize }).cells;

  it('has the least variance of those that the domain leaves', () => {
    for (const domainSize of [2, 16, 17, 32, 33, 64]) {
      const possible = CELLS.filter((cells) => hashedValues(cells) >= domainSize && cells < 2 * domainSize);
      for (let epsilon = 0.25; epsilon <= 15; epsilon += 0.25) {
        const e = Math.exp(epsilon);
        const variance = (cells: number) => (e - 1 + cells) ** 2 / ((e - 1) ** 2 * (cells - 1));
        const least = Math.min(...possible.map(variance));
        expect(variance(cellsAt(epsilon, domainSize)) / least).toBeCloseTo(1, 12);
      }
    }
  });

  it('is 4 for 64 values at epsilon 1, and 16 or 32 only where there are no more values', () => {
    expect(cellsAt(1, 64)).toBe(4);
    expect([cellsAt(3, 16), cellsAt(3, 17), cellsAt(3, 33)]).toEqual([16, 32, 8]);
  });
});

describe('the second round', () => {
  /** Odds of the own cell over another. */
  const odds = (keep: number, cells: number) => (1 + (cells - 1) * keep) / (1 - keep);

  it('has the exact odds, above the published ones by (g-2)(B-1)/(A-B)', () => {
    for (const [first, infinity] of [
      [0.4, 1],
      [0.8, 2],
      [1.8, 3],
      [2, 5],
    ] as const) {
      const [a, b] = [Math.exp(infinity), Math.exp(first)];
      for (const g of [2, 3, 8, 64]) {
        const { instantaneous } = cellStages(first * 1e6, infinity * 1e6, g);
        const exact = (a * b + (g - 2) * b - (g - 1)) / (a - b);
        expect(odds(probability(instantaneous), g) / exact).toBeCloseTo(1, 11);
        const published = (a * b - 1) / (a - b);
        expect(exact - published).toBeCloseTo(((g - 2) * (b - 1)) / (a - b), 9);
      }
    }
  });

  it('makes one report spend the declared epsilonFirst, for any number of cells', () => {
    for (const cells of [2, 3, 8, 64, 1000]) {
      expect(effectiveFirst(cellStages(800_000, 2_000_000, cells))).toBeCloseTo(0.8, 12);
    }
  });
});
