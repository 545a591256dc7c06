import type { Threshold } from './bernoulli.js';
import { type BitChannel, type BitRandomizer, randomizeBits } from './lanes.js';
import type { BlockSource, WordSource } from './word-source.js';

/** Bits of a group: as many as a word has. */
const LANES = 32;

/**
 * The same as `randomizeBits`, word for word, in half the time and several times the code: for whoever makes reports by the
 * million, where a device makes one. Which words are a group's depends on its place alone, not on how many are reserved at
 * a time.
 */
export const randomizeBitsInBulk: BitRandomizer = (source, channel, bytes, at, bits) => {
  if (!isBlockSource(source)) return randomizeBits(source, channel, bytes, at, bits);
  try {
    randomizeGroups(source, channel, bytes, at, bits);
  } catch (error) {
    // As there.
    bytes.fill(0, at, at + Math.ceil(bits / 8));
    throw error;
  }
};

function isBlockSource(source: WordSource): source is BlockSource {
  return 'reserve' in source;
}

function randomizeGroups(source: BlockSource, channel: BitChannel, bytes: Uint8Array, at: number, bits: number): void {
  const { digits } = channel;
  const groups = Math.ceil(bits / LANES);
  for (let group = 0; group < groups; ) {
    const most = Math.max(1, Math.floor(source.block.length / digits));
    const end = Math.min(groups, group + most);
    const start = source.reserve((end - group) * digits);
    const { block } = source;
    const whole = Math.min(end - group, Math.floor(bits / LANES) - group);
    const four = whole & ~3;
    randomizeFours(block, start, channel, bytes, at + 4 * group, four);
    let words = start + four * digits;
    for (group += four; group < end; group++, words += digits) {
      randomizeOne(block, words, channel, bytes, at + 4 * group, bits - LANES * group);
    }
    block.fill(0, start, words);
  }
}

/** One group, or what bits are `left` of it. */
function randomizeOne(
  block: Int32Array,
  words: number,
  { set, unset, digits }: BitChannel,
  bytes: Uint8Array,
  first: number,
  left: number,
): void {
  const used = Math.min(4, Math.ceil(left / 8));
  let stored = 0;
  for (let i = 0; i < used; i++) stored |= (bytes[first + i] as number) << (8 * i);
  let drawn = below(block, words, digits, unset);
  if (stored !== 0) drawn = (drawn & ~stored) | (below(block, words, digits, set) & stored);
  if (left < LANES) drawn &= (1 << left) - 1;
  for (let i = 0; i < used; i++) bytes[first + i] = drawn >>> (8 * i);
}

/** In which lanes of a group, whose words stand in `block` from place `words` on, the number is below `t`. */
function below(block: Int32Array, words: number, digits: number, t: Threshold): number {
  let result = 0;
  let rest = lowestDigits(t, digits);
  for (let i = 0, at = words; i < digits; i++, at++) {
    if (i === digits - 32) rest = t.high | 0;
    // Below by this digit, or equal in it and below by the ones before.
    if (rest & 1) result |= ~(block[at] as number);
    else result &= ~(block[at] as number);
    rest >>>= 1;
  }
  return result;
}

/** The first of the digits that `t` is compared in, lowest in bit 0: all of them, or those that stand in its lower half. */
function lowestDigits({ high, low }: Threshold, digits: number): number {
  return digits > 32 ? low >>> (64 - digits) : high >>> (32 - digits);
}

/**
 * A multiple of four groups: the same as {@link randomizeOne} of each. A processor does four side by side, and the digits of
 * the threshold are read once: two thirds of the time.
 */
function randomizeFours(
  block: Int32Array,
  words: number,
  { set, unset, digits }: BitChannel,
  bytes: Uint8Array,
  at: number,
  groups: number,
): void {
  const lowUnset = lowestDigits(unset, digits);
  const highUnset = unset.high | 0;
  const lowSet = lowestDigits(set, digits);
  const highSet = set.high | 0;
  for (let group = 0, first = at, start = words; group < groups; group += 4, first += 16, start += 4 * digits) {
    const stored0 = readLanes(bytes, first);
    const stored1 = readLanes(bytes, first + 4);
    const stored2 = readLanes(bytes, first + 8);
    const stored3 = readLanes(bytes, first + 12);
    let drawn0 = 0;
    let drawn1 = 0;
    let drawn2 = 0;
    let drawn3 = 0;
    // Lanes whose bit is not set, then the others, if there are any.
    const passes = (stored0 | stored1 | stored2 | stored3) === 0 ? 1 : 2;
    for (let pass = 0; pass < passes; pass++) {
      let below0 = 0;
      let below1 = 0;
      let below2 = 0;
      let below3 = 0;
      let rest = pass === 0 ? lowUnset : lowSet;
      for (let i = 0, word = start; i < digits; i++, word++) {
        if (i === digits - 32) rest = pass === 0 ? highUnset : highSet;
        if (rest & 1) {
          below0 |= ~(block[word] as number);
          below1 |= ~(block[word + digits] as number);
          below2 |= ~(block[word + 2 * digits] as number);
          below3 |= ~(block[word + 3 * digits] as number);
        } else {
          below0 &= ~(block[word] as number);
          below1 &= ~(block[word + digits] as number);
          below2 &= ~(block[word + 2 * digits] as number);
          below3 &= ~(block[word + 3 * digits] as number);
        }
        rest >>>= 1;
      }
      const inverted = pass - 1;
      drawn0 |= below0 & (stored0 ^ inverted);
      drawn1 |= below1 & (stored1 ^ inverted);
      drawn2 |= below2 & (stored2 ^ inverted);
      drawn3 |= below3 & (stored3 ^ inverted);
    }
    writeLanes(drawn0, bytes, first);
    writeLanes(drawn1, bytes, first + 4);
    writeLanes(drawn2, bytes, first + 8);
    writeLanes(drawn3, bytes, first + 12);
  }
}

/** The 32 bits of four bytes, lowest first. */
function readLanes(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function writeLanes(lanes: number, bytes: Uint8Array, at: number): void {
  bytes[at] = lanes;
  bytes[at + 1] = lanes >>> 8;
  bytes[at + 2] = lanes >>> 16;
  bytes[at + 3] = lanes >>> 24;
}

/** Set bits of all bytes, four bytes at a time. */
export function weightInBulk(bytes: Uint8Array): number {
  let sum = 0;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) sum += weightOfWord(readLanes(bytes, i));
  for (; i < bytes.length; i++) sum += weightOfWord(bytes[i] as number);
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
