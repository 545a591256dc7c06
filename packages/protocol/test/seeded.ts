import { sourceFrom, type WordSource } from '@dither/mechanisms';
import seedrandom from 'seedrandom';

export function seeded(seed: string | number): WordSource {
  const random = seedrandom(String(seed));
  return sourceFrom(() => random.int32());
}
