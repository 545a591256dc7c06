import type { WordSource } from './word-source.js';

/**
 * A uniform integer in [0, bound), by rejection: exact, unlike a remainder.
 *
 * Words at or above the largest multiple of `bound` below 2^32 are rejected; fewer than half are, so the
 * expected number of words is below two. It depends on `bound` alone.
 *
 * @param bound - an integer from 1 to 2^32
 */
export function uniformInt(source: WordSource, bound: number): number {
  for (;;) {
    const word = source.next();
    // The limit is above 2^32 - bound, so its remainder is seldom needed.
    if (word <= 2 ** 32 - bound || word < 2 ** 32 - (2 ** 32 % bound)) {
      // word % bound in half the time. The quotient is below 2^32 and at least 2^-32 from an integer that it is not, so that
      // it is rounded to the right side of it.
      return word - bound * Math.floor(word / bound);
    }
  }
}
