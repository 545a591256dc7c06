import { sha256, sourceFrom, utf8, type WordSource } from '@dither/mechanisms';
import { toHex } from '@dither/protocol';
import seedrandom from 'seedrandom';

/** Independent sources by name: whoever asks for the same name gets the same words, in any order and on any thread. */
export type Sources = (name: string) => WordSource;

/**
 * Sources made from one seed. The seed and the name are hashed: a key of fixed length, because the generator reads
 * its key in a circle and would give "1" and "11" the same words.
 */
export function seededSources(seed: string): Sources {
  return (name) => {
    const generator = seedrandom(toHex(sha256(utf8(JSON.stringify([seed, name])))));
    return sourceFrom(() => generator.int32());
  };
}

/** A seed nobody has used, short enough to type: eight hexadecimal digits. */
export function freshSeed(source: WordSource): string {
  return source.next().toString(16).padStart(8, '0');
}
