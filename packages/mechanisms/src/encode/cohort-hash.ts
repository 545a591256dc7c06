import { galoisField } from '../field/galois.js';

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

const DRAW_BITS = 6;

/** t digits of so many cells are no more bits than the draw has. */
function digitsOf(cells: number): number {
  return Math.floor(DRAW_BITS / (31 - Math.clz32(cells)));
}

/** Values that are told apart by as many functions: cells^t. @param cells - a power of two from 2 to 64 */
export function hashedValues(cells: number): number {
  return cells ** digitsOf(cells);
}

/** @param cells - a power of two from 2 to 64 */
export function cohortHash(cells: number): CohortHash {
  const { add, multiply } = galoisField(cells);
  const functions = hashedValues(cells);
  return Object.freeze({
    functions,
    cellOf(row: number, value: number) {
      let cell = 0;
      for (let place = 1; place < functions; place *= cells) {
        cell = add(cell, multiply(Math.floor(row / place) % cells, Math.floor(value / place) % cells));
      }
      return cell;
    },
  });
}
