import { type BitChannel, bitChannel, randomizeBits, readLanes } from '../random/lanes.js';
import { uniformInt } from '../random/uniform-int.js';
import type { WordSource } from '../random/word-source.js';
import { isSet } from './_bits.js';

/*
 * Uniformly random subsets of a given size, as bits.
 *
 * Bits that are set independently, all with the same chance, make every subset of a size equally likely. Adding uniform
 * positions that are not in it, or taking away uniform ones that are, keeps that so: the subset of the wanted size is exactly
 * uniform, whatever the chance was. It need only be near, to leave little to do.
 */

/** Most binary digits of the chance with which a subset is begun. */
const MAX_DIGITS = 8;

/** What drawing a single position costs, in words of a bit-sliced draw. */
const SINGLE = 4;

/** What the channel that begins a subset of `weight` of `size` members is made of: each bit is set with chance mass / 2^digits. */
interface Beginning {
  readonly mass: number;
  readonly digits: number;
  /** Words drawn, about: `SINGLE` for each position that is drawn by itself. */
  readonly cost: number;
}

/** From no member at all: every one is drawn by itself, until it is new. */
function fromNothing(size: number, weight: number): Beginning {
  return { mass: 0, digits: 0, cost: (SINGLE * weight * size) / (size - weight / 2) };
}

function costOf(size: number, weight: number, mass: number, digits: number): Beginning {
  const surplus = (size * mass) / 2 ** digits - weight;
  // A position is drawn again if it is in the subset already, or not in it when one is to be taken away.
  const draws = surplus > 0 ? (surplus * size) / weight : (-surplus * size) / (size - weight);
  return { mass, digits, cost: digits * Math.ceil(size / 32) + SINGLE * draws };
}

/** The channel that begins a subset at least cost; none where its members are few. Deterministic: sums and ratios of integers. */
export function beginning(size: number, weight: number): BitChannel | undefined {
  let best = fromNothing(size, weight);
  for (let digits = 1; digits <= MAX_DIGITS; digits++) {
    const below = Math.floor((2 ** digits * weight) / size);
    for (const mass of [below, below + 1]) {
      const next = costOf(size, weight, mass, digits);
      if (mass > 0 && mass < 2 ** digits && next.cost < best.cost) best = next;
    }
  }
  const unit = 1n << BigInt(64 - best.digits);
  return best.mass === 0 ? undefined : bitChannel(BigInt(best.mass) * unit, BigInt(best.mass) * unit);
}

/** Draws subsets of one size. How it begins them is its own affair, and no part of a declaration. */
export interface SubsetSampler {
  /** Writes a uniformly random subset over `bytes`. */
  draw(source: WordSource, bytes: Uint8Array): void;
}

export function subsetSampler(size: number, weight: number): SubsetSampler {
  const begin = beginning(size, weight);
  return Object.freeze({
    draw: (source: WordSource, bytes: Uint8Array) => drawSubset(source, bytes, size, weight, begin),
  });
}

function drawSubset(
  source: WordSource,
  bytes: Uint8Array,
  size: number,
  weight: number,
  begin: BitChannel | undefined,
): void {
  bytes.fill(0);
  if (begin !== undefined) randomizeBits(source, begin, bytes, 0, size);
  let members = weightOf(bytes, 0, bytes.length);
  // Adding a member, and taking away another, do nothing: those positions are drawn again, without a branch to guess.
  while (members < weight) members += add(bytes, uniformInt(source, size));
  while (members > weight) members -= remove(bytes, uniformInt(source, size));
}

/** Sets a bit. @returns 1, or 0 if it was set already */
export function add(bytes: Uint8Array, position: number): number {
  const before = bytes[position >> 3] as number;
  bytes[position >> 3] = before | (1 << (position & 7));
  return (~before >> (position & 7)) & 1;
}

/** Clears a bit. @returns 1, or 0 if it was clear already */
export function remove(bytes: Uint8Array, position: number): number {
  const before = bytes[position >> 3] as number;
  bytes[position >> 3] = before & ~(1 << (position & 7));
  return (before >> (position & 7)) & 1;
}

/** A uniform one of the members, or of the others. How often it is drawn again depends on their numbers alone. */
export function drawPosition(source: WordSource, bytes: Uint8Array, size: number, isMember: boolean): number {
  for (;;) {
    const position = uniformInt(source, size);
    if (isSet(bytes, position) === isMember) return position;
  }
}

/** Set bits of the bytes in [from, to). */
export function weightOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  let i = from;
  for (; i + 4 <= to; i += 4) sum += weightOfWord(readLanes(bytes, i));
  for (; i < to; i++) sum += weightOfWord(bytes[i] as number);
  return sum;
}

/** Sums of two, four, eight neighbouring bits, then of all of them. */
function weightOfWord(word: number): number {
  let x = word;
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}
