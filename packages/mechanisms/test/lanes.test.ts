import { bitChannel, numerator, recordedSource, sourceFrom, type WordSource } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomizeBitsInBulk } from '../src/random/bulk-lanes.js';
import { randomizeBits as randomizeOnDevice } from '../src/random/lanes.js';
import { seededSource } from './support/seeded.js';

const ONE = 1n << 64n;
const masses = fc.oneof(
  fc.bigInt({ min: 0n, max: ONE - 1n }),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 65_535n }), fc.integer({ min: 0, max: 63 }))
    .map(([n, by]) => (n << BigInt(by)) % ONE),
);

/** Bit by bit, as the definition says: the reference that the bit-sliced code is held to. */
function plainly(words: readonly number[], set: bigint, unset: bigint, digits: number, stored: readonly boolean[]) {
  return stored.map((isSet, i) => {
    const group = Math.floor(i / 32);
    let number = 0n;
    for (let digit = digits - 1; digit >= 0; digit--) {
      const word = words[group * digits + digit] as number;
      number = 2n * number + BigInt((word >>> (i & 31)) & 1);
    }
    return number << BigInt(64 - digits) < (isSet ? set : unset);
  });
}

function pack(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    bytes[i >> 3] = (bytes[i >> 3] as number) | (Number(bit) << (i & 7));
  });
  return bytes;
}

/** One group, lane i of whose words makes the number `numbers[i]`. */
function laneWords(numbers: readonly bigint[], digits: number): number[] {
  return Array.from({ length: digits }, (_, digit) =>
    numbers.reduce((word, number, lane) => word | (Number((number >> BigInt(digit)) & 1n) << lane), 0),
  );
}

/** A source whose block holds all of the words. */
function allAtOnce(words: readonly number[]): WordSource {
  let at = 0;
  return sourceFrom(() => words[at++] as number, words.length);
}

describe('a channel of bits', () => {
  it('has the fewest digits that write both probabilities', () => {
    fc.assert(
      fc.property(masses, masses, (set, unset) => {
        const { digits, ...thresholds } = bitChannel(set, unset);
        expect(numerator(thresholds.set)).toBe(set);
        expect(numerator(thresholds.unset)).toBe(unset);
        const unit = 1n << BigInt(64 - digits);
        expect((set | unset) % unit).toBe(0n);
        if (digits > 1) expect((set | unset) % (2n * unit)).not.toBe(0n);
      }),
    );
  });
});

/** What a device does, and the quick way of whoever makes reports by the million: they are held to one definition. */
describe.each([
  ['on a device', randomizeOnDevice],
  ['in bulk', randomizeBitsInBulk],
] as const)('randomizing bits %s', (_where, randomizeBits) => {
  function randomized(source: WordSource, set: bigint, unset: bigint, stored: readonly boolean[]): Uint8Array {
    const bytes = pack(stored);
    randomizeBits(source, bitChannel(set, unset), bytes, 0, stored.length);
    return bytes;
  }

  it('sets a bit if its number is below its probability: by the first digit that differs, whichever that is', () => {
    const picks = seededSource('lanes/first difference');
    const random = () => (BigInt(picks.next()) << 32n) | BigInt(picks.next());
    for (const [set, unset] of [
      [1n << 63n, 0x44d9n << 48n],
      [3n << 61n, 5n << 58n],
      [random() | 1n, random()],
      [random() | 1n, 0n],
      [(random() >> 24n) << 24n, (random() >> 40n) << 40n],
      [ONE - 1n, 1n],
      [1n << 32n, (1n << 31n) + (1n << 33n)],
    ] as const) {
      const channel = bitChannel(set, unset);
      const { digits } = channel;
      for (const isSet of [false, true]) {
        const bound = (isSet ? set : unset) >> BigInt(64 - digits);
        // Equal, then differing first in each digit, with random digits after it.
        const numbers = [bound];
        for (let digit = 0n; digit < digits; digit++) {
          const low = 1n << digit;
          numbers.push((bound ^ low) - (bound % low) + (random() % low));
        }
        numbers.forEach((number, i) => {
          const lane = i % 32;
          // What the other lanes hold is of no account.
          const others = Array.from({ length: 32 }, (_, at) =>
            at === lane ? number : random() >> BigInt(64 - digits),
          );
          const coins = (length: number) => Array.from({ length }, () => picks.next() % 2 === 1);
          const stored = [...coins(lane), isSet, ...coins(31 - lane)];
          const words = laneWords(others, digits);
          const alone = randomized(recordedSource(words), set, unset, stored);
          expect(((alone[lane >> 3] as number) >> (lane & 7)) & 1).toBe(Number(number < bound));
          // And as one of four groups.
          const group = i & 3;
          const before = Array.from({ length: digits * group }, () => picks.next());
          const after = Array.from({ length: digits * (3 - group) }, () => picks.next());
          const around = [...coins(32 * group), ...stored, ...coins(96 - 32 * group)];
          const four = randomized(allAtOnce([...before, ...words, ...after]), set, unset, around);
          expect(four.slice(4 * group, 4 * group + 4)).toEqual(alone);
        });
      }
    }
  });

  it('does in groups of four, and in whatever is left, what is done bit by bit', () => {
    fc.assert(
      fc.property(
        masses,
        masses,
        fc.array(fc.boolean(), { minLength: 1, maxLength: 420 }),
        fc.constantFrom(0, 1, 2),
        fc.string(),
        (set, unset, bits, keep, seed) => {
          // All bits as drawn, none set, or one of them.
          const stored = keep === 0 ? bits : bits.map((_, i) => keep === 2 && i === bits.length >> 1);
          const { digits } = bitChannel(set, unset);
          const picks = seededSource(seed);
          const words = Array.from({ length: digits * Math.ceil(bits.length / 32) }, () => picks.next());
          const wanted = pack(plainly(words, set, unset, digits, stored));
          expect(randomized(recordedSource(words), set, unset, stored)).toEqual(wanted);
          expect(randomized(allAtOnce(words), set, unset, stored)).toEqual(wanted);
        },
      ),
    );
  });

  it('takes the same words in the same places however many its source holds at a time', () => {
    const stored = Array.from({ length: 1000 }, (_, i) => i % 7 === 0);
    const reports = [1, 40, 64, 333, 16_384].map((blockWords) => {
      const picks = seededSource('lanes/blocks');
      let drawn = 0;
      const source = sourceFrom(() => {
        drawn++;
        return picks.next();
      }, blockWords);
      // As many whole groups at a time as the block holds; the rest of it is dropped.
      const bytes = pack(stored);
      randomizeBits(source, bitChannel(1n << 63n, 0x44d9n << 48n), bytes, 0, stored.length);
      return { bytes, drawn };
    });
    expect(reports[0]?.bytes).toEqual(reports[4]?.bytes);
    expect(reports[0]?.drawn).toBe(32 * 16);
    expect(reports[2]?.bytes).toEqual(reports[0]?.bytes);
  });

  it('changes nothing beside its bits, and leaves no word behind', () => {
    const picks = seededSource('lanes/beside');
    for (const bits of [1, 8, 31, 32, 33, 127, 128, 129, 290]) {
      const source = sourceFrom(() => picks.next() | 1, 2048);
      const bytes = new Uint8Array(80).fill(0xa5);
      const length = Math.ceil(bits / 8);
      randomizeBits(source, bitChannel(ONE - 1n, 1n << 63n), bytes, 3, bits);
      expect([...bytes.subarray(0, 3), ...bytes.subarray(3 + length)]).toEqual(new Array(80 - length).fill(0xa5));
      expect((bytes[2 + length] as number) >> (((bits + 7) & 7) + 1)).toBe(0);
      const used = 64 * Math.ceil(bits / 32);
      expect(source.block.subarray(0, used).every((word) => word === 0)).toBe(true);
      expect(source.block.subarray(used).some((word) => word === 0)).toBe(false);
    }
  });

  it('leaves nothing of the bits it was given where its source gives out', () => {
    for (const words of [0, 15, 16, 100]) {
      const bytes = new Uint8Array(40).fill(0xff);
      const source = recordedSource(new Array<number>(words).fill(2 ** 32 - 1));
      expect(() => randomizeBits(source, bitChannel(1n << 63n, 3n << 48n), bytes, 0, 320)).toThrow('source-exhausted');
      expect([...bytes]).toEqual(new Array(40).fill(0));
    }
  });
});
