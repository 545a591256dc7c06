import type { WordSource } from './word-source.js';

/**
 * A probability as an integer number of 2^-64: `(high * 2^32 + low) / 2^64`, both halves in [0, 2^32).
 * One half is exactly `{ high: 2^31, low: 0 }`; zero is expressible, one is not.
 */
export interface Threshold {
  readonly high: number;
  readonly low: number;
}

/** The threshold of `numerator / 2^64`. */
export function threshold(numerator: bigint): Threshold {
  return Object.freeze({ high: Number(numerator >> 32n), low: Number(numerator & 0xffffffffn) });
}

/** The integer number of 2^-64 that a threshold stands for. */
export function numerator(t: Threshold): bigint {
  return (BigInt(t.high) << 32n) | BigInt(t.low);
}

/** The probability as a double, for estimators. Relative error below 2^-52. */
export function probability(t: Threshold): number {
  return t.high / 2 ** 32 + t.low / 2 ** 64;
}

/**
 * True with probability exactly `t`.
 *
 * Reads one word, and a second one only when the first equals the upper half. That happens with probability
 * 2^-32 whatever `t` is, so the number of words drawn says nothing about which threshold was used.
 */
export function bernoulli(source: WordSource, t: Threshold): boolean {
  const word = source.next();
  return word < t.high || (word === t.high && source.next() < t.low);
}
