import { checkInteger } from '../check.js';
import { MechanismError } from '../errors.js';

/** Uniform, independent 32-bit words. Everything random in Dither is drawn from one of these. */
export interface WordSource {
  /** The next word, an integer in [0, 2^32). */
  next(): number;
  /** True if whoever knows a seed can tell the words: reports made with them protect nobody. */
  readonly isSeeded?: boolean;
}

/** A source that has many words at hand. */
export interface BlockSource extends WordSource {
  /**
   * Sets `count` words aside: they stand in `block` from the returned place on. Whoever asked reads each once, signed or
   * not, and puts a zero in its place. For code that takes many words at a time: a call for each would double its cost.
   */
  reserve(count: number): number;
  /** What `reserve` points into. Another array after a call of `next` or `reserve`. */
  readonly block: Int32Array;
}

/** Web Crypto's quota of 64 KiB: no source fetches more at a time, unless more is reserved at once. */
const MAX_BLOCK_WORDS = 16_384;

/** Fills the whole array with uniform words. */
export type WordFiller = (words: Int32Array) => void;

/**
 * A word source over blocks.
 *
 * One class serves every source (secure, seeded, recorded): a call site that has seen three kinds of source
 * runs at half its speed. Each word is zeroed as it is used, so that a later reader of this memory cannot
 * learn which coins were tossed.
 */
class Blocks implements BlockSource {
  readonly isSeeded: boolean;
  block: Int32Array;
  readonly #fill: WordFiller;
  readonly #usual: Int32Array;
  #position: number;

  constructor(fill: WordFiller, blockWords: number, isSeeded: boolean) {
    this.isSeeded = isSeeded;
    this.#fill = fill;
    checkInteger('option-invalid', 'blockWords', blockWords, 1, MAX_BLOCK_WORDS);
    this.#usual = new Int32Array(blockWords);
    this.block = this.#usual;
    this.#position = blockWords;
  }

  next(): number {
    if (this.#position >= this.block.length) this.#refill(1);
    const at = this.#position++;
    const word = this.block[at] as number;
    this.block[at] = 0;
    return word >>> 0;
  }

  reserve(count: number): number {
    if (this.#position + count > this.block.length) this.#refill(count);
    const at = this.#position;
    this.#position += count;
    return at;
  }

  /** What is left of the block is too little, and is dropped. */
  #refill(count: number): void {
    this.block.fill(0, this.#position);
    this.block = count <= this.#usual.length ? this.#usual : new Int32Array(count);
    // Used up until it is filled: if that fails, nobody is given its zeros.
    this.#position = this.block.length;
    this.#fill(this.block);
    this.#position = 0;
  }
}

/**
 * A source that asks `fill` for `blockWords` words at a time, or for more where more are reserved at once.
 *
 * @param blockWords - 1 to 16384
 * @throws MechanismError `option-invalid`
 */
export function blockSource(fill: WordFiller, blockWords: number): BlockSource {
  return new Blocks(fill, blockWords, false);
}

/**
 * A source from a generator of 32-bit integers (signed or not), such as a seeded one.
 * For simulation and tests: the guarantee of a report holds only over {@link secureSource}.
 *
 * @param blockWords - asked for at a time, 1 to 16384; with 1 the generator is never ahead of what is drawn
 */
export function sourceFrom(nextInteger: () => number, blockWords = 64): BlockSource {
  return new Blocks(
    (words) => {
      for (let i = 0; i < words.length; i++) words[i] = nextInteger();
    },
    blockWords,
    true,
  );
}

/**
 * A source that replays the given words and then throws `source-exhausted`: for test vectors, which must list
 * every word they use.
 */
export function recordedSource(words: readonly number[]): BlockSource {
  let position = 0;
  return sourceFrom(() => {
    if (position >= words.length) {
      throw new MechanismError('source-exhausted', 'the recorded words are used up');
    }
    return words[position++] as number;
  }, 1);
}
