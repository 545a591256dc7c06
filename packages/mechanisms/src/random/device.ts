import type { RandomValues } from './secure.js';
import type { WordSource } from './word-source.js';

/**
 * The secure source for a device, which makes a report now and then: each word is fetched from Web Crypto when it is asked
 * for. `secureSource` of the same generator is quicker for reports by the million, and several times the code.
 *
 * @param crypto - usually `globalThis.crypto`
 */
export function deviceSource(crypto: RandomValues): WordSource {
  const words = new Uint32Array(1);
  return {
    next() {
      crypto.getRandomValues(words);
      const [word = 0] = words;
      // A later reader of this memory cannot learn which coins were tossed.
      words[0] = 0;
      return word;
    },
  };
}
