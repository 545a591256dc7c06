import type { RandomValues } from './secure.js';
import type { WordSource } from './word-source.js';

/**
 * The secure source for a device, which makes a report now and then: each word is fetched from Web Crypto when it is asked
 * for. `secureSource` of the same generator is quicker for reports by the million, and several times the code.
 *
 * @param crypto - usually `globalThis.crypto`
 */
export function deviceSource(crypto: RandomValues): WordSource {
  const source = {
    block: new Int32Array(),
    reserve(count: number) {
      const words = new Int32Array(count);
      // Where the generator fails, this throws, and nobody is given the zeros.
      crypto.getRandomValues(words);
      source.block = words;
      return 0;
    },
    next() {
      source.reserve(1);
      const [word = 0] = source.block;
      // A later reader of this memory cannot learn which coins were tossed.
      source.block[0] = 0;
      return word >>> 0;
    },
  };
  return source;
}
