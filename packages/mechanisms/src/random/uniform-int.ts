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
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const word = source.next();
    if (word < limit) return word % bound;
  }
}
