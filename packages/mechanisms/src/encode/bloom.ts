import type { CandidateBits } from '../estimate/text/counts.js';
import { sha256Words } from '../hash/sha256.js';
import type { TextShape } from '../mechanism.js';
import { utf8 } from './utf8.js';

/*
 * Bloom filters [Bloom 1970], one for each cohort: a text sets exactly `hashes` different bits of `bits`, which ones
 * depends on the cohort. With exactly so many, every text costs the same epsilon and adds the same to a filter.
 * No text ("") sets no bit. There are 1 to 4 hashes, as the digest of a text has words for so many.
 */

/** 2^32 over the golden ratio: steps of it are spread evenly. */
const GOLDEN = 0x9e3779b9;

/** Murmur3's finalizer (Appleby 2011): a bijection of 32-bit words in which every bit of the input moves every other. */
function mix(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** SHA-256 of the text in UTF-8, eight words. */
function digestOf(text: string): Int32Array {
  return sha256Words(utf8(text));
}

/**
 * Writes the places of a text's bits in a cohort, ascending, each plus `base`, to `into` from `start` on.
 *
 * Hash i takes one of the bits - i places still free, so that all sets of `hashes` places are equally likely. Two words
 * of the digest go into each: 64 bits tell texts apart as 32 would not.
 */
function place(
  digest: Int32Array,
  cohort: number,
  { bits, hashes }: TextShape,
  into: Int32Array,
  start: number,
  base: number,
): void {
  for (let i = 0; i < hashes; i++) {
    const stepped = (digest[2 * i] as number) + Math.imul(cohort + 1, GOLDEN);
    const word = mix(mix(stepped) ^ (digest[2 * i + 1] as number));
    let bit = base + Math.floor((word * (bits - i)) / 2 ** 32);
    let at = start;
    while (at < start + i && (into[at] as number) <= bit) {
      bit++;
      at++;
    }
    for (let j = start + i; j > at; j--) into[j] = into[j - 1] as number;
    into[at] = bit;
  }
}

/** The bits, ascending, that a text sets in a cohort. */
export function bloomBits(text: string, cohort: number, shape: TextShape): number[] {
  return Array.from(placesOf(text, cohort, shape));
}

/** Writes a text's filter in a cohort to the end of `into`, from byte `at` on: bit i is bit i & 7 of byte i >> 3. */
export function writeBloom(text: string, cohort: number, shape: TextShape, into: Uint8Array, at: number): void {
  into.fill(0, at);
  const places = placesOf(text, cohort, shape);
  for (let i = 0; i < places.length; i++) {
    const bit = places[i] as number;
    const byte = at + (bit >> 3);
    into[byte] = (into[byte] as number) | (1 << (bit & 7));
  }
}

function placesOf(text: string, cohort: number, shape: TextShape): Int32Array {
  const places = new Int32Array(text === '' ? 0 : shape.hashes);
  if (text !== '') place(digestOf(text), cohort, shape, places, 0, 0);
  return places;
}

/** The bits of many texts in all cohorts, each text hashed once. */
export function candidateBits(texts: readonly string[], shape: TextShape): CandidateBits {
  const { bits, hashes, cohorts } = shape;
  const starts = new Int32Array(texts.length + 1);
  const rows = new Int32Array(texts.length * cohorts * hashes);
  let end = 0;
  texts.forEach((text, v) => {
    if (text !== '') {
      const digest = digestOf(text);
      for (let cohort = 0; cohort < cohorts; cohort++) {
        place(digest, cohort, shape, rows, end, cohort * bits);
        end += hashes;
      }
    }
    starts[v + 1] = end;
  });
  return { count: texts.length, starts, rows: rows.subarray(0, end) };
}
