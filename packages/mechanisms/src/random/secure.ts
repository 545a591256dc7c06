import { type BlockSource, blockSource } from './word-source.js';

/** The part of Web Crypto that a secure source needs. */
export interface RandomValues {
  getRandomValues(words: Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): unknown;
}

/**
 * The secure source: the operating system's generator through Web Crypto.
 *
 * @param crypto - usually `globalThis.crypto`
 * @param blockWords - words fetched at a time, 1 to 16384 (Web Crypto's quota of 64 KiB). A call costs about
 *   2 us whatever its size, so bulk users take the quota; a device takes 1 KiB.
 * @throws MechanismError `option-invalid`
 */
export function secureSource(crypto: RandomValues, blockWords = 256): BlockSource {
  return blockSource((words) => crypto.getRandomValues(words as Int32Array<ArrayBuffer>), blockWords);
}
