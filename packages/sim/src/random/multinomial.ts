import { uniformInt, type WordSource } from '@dither/mechanisms';
import { binomial } from './binomial.js';

/**
 * How `n` fall on cells of the given probabilities: cell after cell a binomial of those that are left.
 *
 * @param n - a whole number from 0 to 2^53
 * @param probabilities - none negative, not all zero; taken in proportion to their sum, which need not be one
 * @returns one count per cell; they sum to `n`
 */
export function multinomial(source: WordSource, n: number, probabilities: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(probabilities.length);
  // What is left is summed from the end: taken away from the front, what is small would drown in rounding errors.
  const rest = new Float64Array(probabilities.length + 1);
  for (let i = probabilities.length - 1; i >= 0; i--) {
    rest[i] = (rest[i + 1] as number) + (probabilities[i] as number);
  }
  let left = n;
  for (let i = 0; left > 0 && i < counts.length; i++) {
    // One in the last cell that can be met: nothing is left after it.
    const drawn = binomial(source, left, (probabilities[i] as number) / (rest[i] as number));
    counts[i] = drawn;
    left -= drawn;
  }
  return counts;
}

/** So many singly drawn take as long as one binomial. */
const SINGLY = 8;

/**
 * Adds to cells how `n` fall on them, all being as likely: few one by one, many by halves.
 *
 * @param n - a whole number from 0 to 2^53
 * @param at - the first of the cells in `counts`
 * @param cells - how many, 1 or more
 */
export function scatter(source: WordSource, n: number, counts: Float64Array, at: number, cells: number): void {
  if (n === 0) return;
  if (cells === 1) {
    counts[at] = (counts[at] as number) + n;
  } else if (n <= SINGLY * cells) {
    for (let i = 0; i < n; i++) {
      const cell = at + uniformInt(source, cells);
      counts[cell] = (counts[cell] as number) + 1;
    }
  } else {
    const half = cells >> 1;
    const lower = binomial(source, n, half / cells);
    scatter(source, lower, counts, at, half);
    scatter(source, n - lower, counts, at + half, cells - half);
  }
}

/** The same, cell by cell told to `each`; one may be told several times, or never. */
export function spread(
  source: WordSource,
  n: number,
  cells: number,
  each: (cell: number, count: number) => void,
): void {
  if (cells === 1) {
    each(0, n);
  } else if (n <= SINGLY * cells) {
    for (let i = 0; i < n; i++) each(uniformInt(source, cells), 1);
  } else {
    const counts = new Float64Array(cells);
    scatter(source, n, counts, 0, cells);
    for (let cell = 0; cell < cells; cell++) each(cell, counts[cell] as number);
  }
}
