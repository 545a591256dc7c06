import { sha256, sourceFrom, utf8, type WordSource } from '@dither/mechanisms';
import { toHex } from '@dither/protocol';
import seedrandom from 'seedrandom';

/** Independent sources by name: whoever asks for the same name gets the same words, in any order and on any thread. */
export type Sources = (name: string) => WordSource;

/**
 * Sources made from one seed, by xorgens (Brent 2010, "Some long-period random number generators using shifts and xors"),
 * which passes the usual batteries of tests and takes half the time of the package's default. Seed and name are hashed: keys
 * of similar names have nothing in common.
 */
export function seededSources(seed: string): Sources {
  return (name) => {
    const generator = seedrandom.xor4096(toHex(sha256(utf8(JSON.stringify([seed, name])))));
    return sourceFrom(() => generator.int32());
  };
}

/** A seed nobody has used, short enough to type: eight hexadecimal digits. */
export function freshSeed(source: WordSource): string {
  return source.next().toString(16).padStart(8, '0');
}
