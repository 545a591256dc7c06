import { linearHash } from '../field/linear-hash.js';

/**
 * The hash functions of which the draw that an installation's latched metrics share chooses one: all linear ones
 * x -> a_0 x_0 + .. + a_(t-1) x_(t-1) over the field of `cells` elements, x and a in t digits each. Different x and y meet
 * where a (x - y) = 0, which is so of exactly one a in `cells`. That needs the function that is zero, and all multiples of
 * each other one.
 */
export interface CohortHash {
  /** A power of two up to 64, and `cells` of a power, so that a uniform draw of 64 is uniform over them. */
  readonly functions: number;
  /**
   * @param row - number of the function, in [0, functions)
   * @param value - in [0, functions)
   */
  cellOf(row: number, value: number): number;
}

/** The draw that all latched metrics of an installation share is one of so many. */
export const COHORT_DRAWS = 64;

/** Values that are told apart by as many functions: cells^t, at most the draws. @param cells - a power of two from 2 to 64 */
export function hashedValues(cells: number): number {
  let values = cells;
  while (values * cells <= COHORT_DRAWS) values *= cells;
  return values;
}

/** @param cells - a power of two from 2 to 64 */
export function cohortHash(cells: number): CohortHash {
  return { functions: hashedValues(cells), cellOf: linearHash(cells) };
}
