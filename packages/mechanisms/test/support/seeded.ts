import { sourceFrom, type WordSource } from '@dither/mechanisms';
import seedrandom from 'seedrandom';

/** A reproducible word source for tests. */
export function seededSource(seed: string): WordSource {
  const generator = seedrandom(seed);
  return sourceFrom(() => generator.int32());
}

/** Passes words through and counts them. */
export function countingSource(source: WordSource): WordSource & { readonly drawn: number } {
  let drawn = 0;
  return {
    next() {
      drawn++;
      return source.next();
    },
    get drawn() {
      return drawn;
    },
  };
}
