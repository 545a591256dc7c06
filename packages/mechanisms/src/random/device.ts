import type { RandomValues } from './secure.js';
import type { WordSource } from './word-source.js';

/**
 * The secure source for a device, which makes a report now and then: each word is fetched from Web Crypto when it is asked
 * for. `secureSource` of the same generator is quicker for reports by the million, and several times the code.
 *
 * @param crypto - usually `globalThis.crypto`
 */
export function deviceSource(crypto: RandomValues): WordSource {
  let block = new Int32Array();
  /** Where the generator fails, this throws, and nobody is given the zeros. */
  function reserve(count: number): number {
    const words = new Int32Array(count);
    crypto.getRandomValues(words);
    block = words;
    return 0;
  }
  return {
    next() {
      reserve(1);
      const [word = 0] = block;
      // A later reader of this memory cannot learn which coins were tossed.
      block[0] = 0;
      return word >>> 0;
    },
    reserve,
    get block() {
      return block;
    },
  };
}
