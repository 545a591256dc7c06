import type { WordSource } from '@dither/mechanisms';

/** A uniform number in [0, 1), a multiple of 2^-53. Two words. */
export function uniform(source: WordSource): number {
  const high = source.next() >>> 5;
  const low = source.next() >>> 6;
  return (high * 2 ** 26 + low) * 2 ** -53;
}
