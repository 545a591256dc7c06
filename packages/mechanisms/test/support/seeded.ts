import { type BlockSource, sourceFrom, type WordSource } from '@dither/mechanisms';
import seedrandom from 'seedrandom';

/** A reproducible word source for tests. */
export function seededSource(seed: string): WordSource {
  const generator = seedrandom(seed);
  return sourceFrom(() => generator.int32());
}

/** Passes words through and counts them. */
export function countingSource(source: WordSource): WordSource & { readonly drawn: number } {
  let drawn = 0;
  const counted = sourceFrom(() => {
    drawn++;
    return source.next();
  }, 1);
  return Object.defineProperty(counted, 'drawn', { get: () => drawn }) as BlockSource & { readonly drawn: number };
}
