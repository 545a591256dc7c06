import { flip, isSet } from '../encode/bits.js';
import { type BitChannel, randomizeBits } from '../random/lanes.js';
import { uniformInt } from '../random/uniform-int.js';
import type { WordSource } from '../random/word-source.js';

/*
 * Uniformly random subsets of a given size, as bits.
 *
 * Bits that are set independently, all with the same chance, make every subset of a size equally likely. Adding uniform
 * positions that are not in it, or taking away uniform ones that are, keeps that so: the subset of the wanted size is exactly
 * uniform, whatever the chance was. It need only be near, to leave little to do.
 */

/**
 * The channel that begins a subset of `weight` of `size` members at least cost; none where its members are few. Deterministic:
 * sums and ratios of integers. The cost is about the words drawn, four for each position that is drawn by itself.
 */
export function beginning(size: number, weight: number): BitChannel | undefined {
  // What drawing a single position costs, in words of a bit-sliced draw.
  const single = 4;
  let best: BitChannel | undefined;
  // From no member at all: every one is drawn by itself, until it is new.
  let least = (single * weight * size) / (size - weight / 2);
  for (let mass = 1; mass < 256; mass++) {
    const digits = Math.clz32(mass & -mass) - 23;
    const surplus = (size * mass) / 256 - weight;
    // A position is drawn again if it is in the subset already, or not in it when one is to be taken away.
    const draws = (Math.abs(surplus) * size) / (surplus > 0 ? weight : size - weight);
    const cost = digits * Math.ceil(size / 32) + single * draws;
    if (cost < least) {
      const chance = { high: (mass << 24) >>> 0, low: 0 };
      best = { set: chance, unset: chance, digits };
      least = cost;
    }
  }
  return best;
}

/** Draws subsets of one size. How it begins them is its own affair, and no part of a declaration. */
export interface SubsetSampler {
  /** Writes a uniformly random subset over `bytes`. */
  draw(source: WordSource, bytes: Uint8Array): void;
}

export function subsetSampler(size: number, weight: number, pass = randomizeBits, weigh = weightOf): SubsetSampler {
  const begin = beginning(size, weight);
  return {
    draw(source, bytes) {
      bytes.fill(0);
      if (begin) pass(source, begin, bytes, 0, size);
      for (let members = weigh(bytes); members !== weight; ) {
        const isMember = members > weight;
        flip(bytes, drawPosition(source, bytes, size, isMember));
        members += isMember ? -1 : 1;
      }
    },
  };
}

/** A uniform one of the members, or of the others. How often it is drawn again depends on their numbers alone. */
export function drawPosition(source: WordSource, bytes: Uint8Array, size: number, isMember: boolean): number {
  for (;;) {
    const position = uniformInt(source, size);
    if (isSet(bytes, position) === isMember) return position;
  }
}

/** Set bits. */
function weightOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let bits of bytes) for (; bits > 0; bits &= bits - 1) sum++;
  return sum;
}
