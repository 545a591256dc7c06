import { flip } from '../encode/bits.js';
import { type Threshold, threshold } from './bernoulli.js';
import type { WordSource } from './word-source.js';

/**
 * A channel for many bits, each randomized by itself: one that is set stays so with probability `set`, one that is not
 * becomes set with probability `unset`.
 */
export interface BitChannel {
  readonly set: Threshold;
  readonly unset: Threshold;
  /** Binary digits that write both probabilities, 1 to 64: the words drawn for 32 bits. */
  readonly digits: number;
}

/** @param set, unset - in units of 2^-64, below 2^64 */
export function bitChannel(set: bigint, unset: bigint): BitChannel {
  let digits = 64;
  while (digits > 1 && ((set | unset) >> BigInt(64 - digits)) % 2n === 0n) digits--;
  return Object.freeze({ set: threshold(set), unset: threshold(unset), digits });
}

/**
 * Passes the first `bits` bits of `bytes`, from byte `at` on, through the channel, in place; bit i is bit i & 7 of byte i >> 3.
 *
 * 32 bits are a group, and each bit a lane of it. Lane i of the `digits` words of a group makes a binary number, its digits
 * as drawn, lowest first; the bit comes out set if that is below the lane's probability. Every digit is drawn, though the
 * first that differs would decide: how many words are taken must not tell, together with the report, which probability was
 * used.
 */
export function randomizeBits(
  source: WordSource,
  { set, unset, digits }: BitChannel,
  bytes: Uint8Array,
  at: number,
  bits: number,
): void {
  try {
    for (let bit = 0; bit < bits; bit += 32) {
      let own = 0;
      let other = 0;
      for (let place = -digits; place < 0; place++) {
        const word = ~source.next();
        // Below by this digit, or equal in it and below by the ones before.
        own = digitOf(set, place) ? own | word : own & word;
        other = digitOf(unset, place) ? other | word : other & word;
      }
      for (let lane = 0; lane < 32 && bit + lane < bits; lane += 8) {
        const i = at + (bit + lane) / 8;
        const stored = bytes[i] as number;
        const drawn = ((own >>> lane) & stored) | ((other >>> lane) & ~stored);
        bytes[i] = drawn & ((1 << Math.min(8, bits - bit - lane)) - 1);
      }
    }
  } catch (error) {
    // The source gave out: what was to be hidden must not stay in the caller's array.
    bytes.fill(0, at, at + Math.ceil(bits / 8));
    throw error;
  }
}

/** The digit of a probability at a place from -64, the lowest, to -1. A shift is by so many places modulo 32. */
function digitOf(t: Threshold, place: number): number {
  return ((place < -32 ? t.low : t.high) >>> place) & 1;
}

/** What {@link randomizeBits} does, in whichever way. */
export type BitRandomizer = typeof randomizeBits;

/** So many bits, only one of which is set, passed through the channel over whatever `bytes` holds from byte `at` on. */
export function randomizeOne(
  pass: BitRandomizer,
  source: WordSource,
  channel: BitChannel,
  bytes: Uint8Array,
  at: number,
  bits: number,
  own: number,
): Uint8Array {
  bytes.fill(0, at);
  flip(bytes, 8 * at + own);
  pass(source, channel, bytes, at, bits);
  return bytes;
}
