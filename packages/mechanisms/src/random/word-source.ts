import { MechanismError } from '../errors.js';

/** Uniform, independent 32-bit words. Everything random in Dither is drawn from one of these. */
export interface WordSource {
  /** The next word, an integer in [0, 2^32). */
  next(): number;
  /** True if whoever knows a seed can tell the words: reports made with them protect nobody. */
  readonly isSeeded?: boolean;
}

/** Fills the whole array with uniform words. */
export type WordFiller = (words: Uint32Array) => void;

/**
 * A word source over blocks.
 *
 * One class serves every source (secure, seeded, recorded): a call site that has seen three kinds of source
 * runs at half its speed. Each word is zeroed as it is used, so that a later reader of this memory cannot
 * learn which coins were tossed.
 */
class BlockSource implements WordSource {
  readonly isSeeded: boolean;
  readonly #fill: WordFiller;
  readonly #words: Uint32Array;
  #position: number;

  constructor(fill: WordFiller, blockWords: number, isSeeded: boolean) {
    this.isSeeded = isSeeded;
    this.#fill = fill;
    this.#words = new Uint32Array(blockWords);
    this.#position = blockWords;
  }

  next(): number {
    if (this.#position === this.#words.length) {
      this.#fill(this.#words);
      this.#position = 0;
    }
    const at = this.#position++;
    const word = this.#words[at] as number;
    this.#words[at] = 0;
    return word;
  }
}

/** A source that asks `fill` for `blockWords` words at a time. */
export function blockSource(fill: WordFiller, blockWords: number): WordSource {
  return new BlockSource(fill, blockWords, false);
}

/**
 * A source from a generator of 32-bit integers (signed or not), such as a seeded one.
 * For simulation and tests: the guarantee of a report holds only over {@link secureSource}.
 */
export function sourceFrom(nextInteger: () => number): WordSource {
  return new BlockSource(
    (words) => {
      for (let i = 0; i < words.length; i++) words[i] = nextInteger();
    },
    64,
    true,
  );
}

/**
 * A source that replays the given words and then throws `source-exhausted`: for test vectors, which must list
 * every word they use.
 */
export function recordedSource(words: readonly number[]): WordSource {
  let position = 0;
  return new BlockSource(
    (block) => {
      if (position >= words.length) {
        throw new MechanismError('source-exhausted', 'the recorded words are used up');
      }
      block[0] = words[position++] as number;
    },
    1,
    true,
  );
}
