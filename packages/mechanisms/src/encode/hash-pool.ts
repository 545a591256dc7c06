import { checkInteger } from '../check.js';
import { type Field, galoisField } from '../field/galois.js';
import { linearHash } from '../field/linear-hash.js';

/**
 * A public pool of hash functions that take the values of a domain to `cells` cells: all of them together treat all pairs of
 * values alike. Of a pool drawn at random some pairs of values collide too often, and that error stays however many
 * reports arrive; here there is none, as an estimator that counts on `collision` is exact for this very pool.
 */
export interface HashPool extends PoolShape {
  readonly domainSize: number;
  /** Share of the functions in which two different values meet in one cell, the same for every two: below 1/cells. */
  readonly collision: number;
  /** The field of `cells` elements. */
  readonly field: Pick<Field, 'characteristic' | 'add' | 'multiply'>;
  /** @param row - of the function, in [0, rows) */
  cellOf(row: number, value: number): number;
}

/** How large a pool is, all in integers below 2^53. */
export interface PoolShape {
  /** A prime power. */
  readonly cells: number;
  /** t: values are written in so many digits in base `cells`, the least that tell them apart. */
  readonly digits: number;
  /** cells^(t-1) and cells^t: two values collide in (lower - 1)/(points - 1) of the functions. */
  readonly lower: number;
  readonly points: number;
  /** How many functions. */
  readonly rows: number;
}

/** @param cells, domainSize - at least 2, at most 2^20 */
export function poolShape(cells: number, domainSize: number): PoolShape {
  let digits = 1;
  let lower = 1;
  while (lower * cells < domainSize) {
    lower *= cells;
    digits++;
  }
  const points = lower * cells;
  return { cells, digits, lower, points, rows: (points - 1) / (cells - 1) };
}

/** The first of the rows whose last factor that is not zero is that of digit j. */
export function firstRow(cells: number, j: number): number {
  return (cells ** j - 1) / (cells - 1);
}

/**
 * The pool of all linear functions x -> a_0 x_0 + .. + a_(t-1) x_(t-1) over the field of `cells` elements, x the digits of a
 * value, one of each that are multiples of one another: their cells hold the same values. Carter, Wegman 1979, "Universal
 * classes of hash functions"; with all multiples, and the function that is zero, a pair would collide in exactly 1/cells.
 *
 * Different x and y meet where a (x - y) = 0: cells^(t-1) - 1 of the cells^t - 1 choices of a that are not all zero. Cells are
 * then the hyperplanes of an affine geometry, a balanced design.
 *
 * The last a_j of a row that is not zero is 1. Rows are ordered by j, then by the number whose digits the ones before are.
 *
 * @param cells - a prime power from 2 to 65,536
 * @param domainSize - 2 to 2^20
 * @throws MechanismError `option-invalid`, `domain-size-out-of-range`
 */
export function hashPool(cells: number, domainSize: number): HashPool {
  checkInteger('domain-size-out-of-range', 'domainSize', domainSize, 2, 2 ** 20);
  const { characteristic, add, multiply } = galoisField(cells);
  const shape = poolShape(cells, domainSize);
  return Object.freeze({
    ...shape,
    domainSize,
    collision: (shape.lower - 1) / (shape.points - 1),
    field: Object.freeze({ characteristic, add, multiply }),
    ...poolHash(cells),
  });
}

/** What of a pool says how values are hashed. @param cells - a prime power from 2 to 65,536; not checked */
export function poolHash(cells: number): Pick<HashPool, 'cellOf'> {
  const hash = linearHash(cells);
  return {
    cellOf(row, value) {
      // cells^j, with as many rows for each j.
      let last = 1;
      let factors = row;
      for (; factors >= last; last *= cells) factors -= last;
      return hash(factors + last, value);
    },
  };
}
