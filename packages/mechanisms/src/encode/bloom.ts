import type { CandidateBits } from '../estimate/text/counts.js';
import { sha256Words } from '../hash/sha256.js';
import type { TextShape } from '../mechanism.js';
import { utf8 } from './utf8.js';

/*
 * Bloom filters [Bloom 1970], one for each cohort: a text sets exactly `hashes` different bits of `bits`, which ones
 * depends on the cohort. With exactly so many, every text costs the same epsilon and adds the same to a filter.
 * No text ("") sets no bit. There are 1 to 4 hashes, as the digest of a text has words for so many.
 */

/** Murmur3's finalizer (Appleby 2011): a bijection of 32-bit words in which every bit of the input moves every other. */
function mix(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * The places of a text's bits in a cohort, ascending.
 *
 * Hash i takes one of the bits - i places still free, so that all sets of `hashes` places are equally likely. Two words
 * of the digest go into each: 64 bits tell texts apart as 32 would not.
 */
function placesOf(digest: readonly number[], cohort: number, { bits, hashes }: TextShape): number[] {
  // 2^32 over the golden ratio: steps of it are spread evenly.
  const golden = 0x9e3779b9;
  const places: number[] = [];
  for (let i = 0; i < hashes; i++) {
    const stepped = (digest[2 * i] as number) + Math.imul(cohort + 1, golden);
    const word = mix(mix(stepped) ^ (digest[2 * i + 1] as number));
    let place = Math.floor((word * (bits - i)) / 2 ** 32);
    let at = 0;
    while ((places[at] as number) <= place) {
      place++;
      at++;
    }
    places.splice(at, 0, place);
  }
  return places;
}

/** The bits, ascending, that a text sets in a cohort. */
export function bloomBits(text: string, cohort: number, shape: TextShape): number[] {
  return text ? placesOf(sha256Words(utf8(text)), cohort, shape) : [];
}

/** The bits of many texts in all cohorts, each text hashed once. */
export function candidateBits(texts: readonly string[], shape: TextShape): CandidateBits {
  const { bits, hashes, cohorts } = shape;
  const starts = new Int32Array(texts.length + 1);
  const rows = new Int32Array(texts.length * cohorts * hashes);
  let end = 0;
  texts.forEach((text, v) => {
    if (text !== '') {
      const digest = sha256Words(utf8(text));
      for (let cohort = 0; cohort < cohorts; cohort++) {
        for (const place of placesOf(digest, cohort, shape)) rows[end++] = cohort * bits + place;
      }
    }
    starts[v + 1] = end;
  });
  return { count: texts.length, starts, rows: rows.subarray(0, end) };
}
