import { sourceFrom, type WordSource } from '@dither/mechanisms';
import seedrandom from 'seedrandom';
import type { Uniform } from './binomial-sampler.js';

/**
 * 32-bit integers, ten times as fast as `seededSource`'s: xoshiro128** of Blackman, Vigna 2021, "Scrambled linear pseudorandom
 * number generators". For simulations of many reports.
 */
function quickIntegers(seed: string): () => number {
  const generator = seedrandom(seed);
  let [a, b, c, d] = [generator.int32(), generator.int32(), generator.int32(), generator.int32() | 1];
  return () => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}

export function quickSource(seed: string): WordSource {
  return sourceFrom(quickIntegers(seed), 1024);
}

/** Multiples of 2^-53. */
export function quickUniform(seed: string): Uniform {
  const next = quickIntegers(seed);
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}
