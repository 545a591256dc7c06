import {
  bernoulli,
  blockSource,
  deviceSource,
  numerator,
  probability,
  recordedSource,
  secureSource,
  sourceFrom,
  threshold,
  uniformInt,
  type WordSource,
} from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from './support/ensure.js';
import { exactLaw } from './support/exact-law.js';
import { countingSource, seededSource } from './support/seeded.js';

const WORDS = 2 ** 32;

/** Of code that draws word by word. */
function looks(cuts: readonly number[], modulus: number) {
  return { cuts, moduli: [modulus], lanes: 0, thresholds: [] };
}

describe('uniformInt', () => {
  it('is exactly uniform over all words, for every small bound', () => {
    const picks = seededSource('uniform');
    for (let bound = 1; bound <= 60; bound++) {
      const limit = WORDS - (WORDS % bound);
      const pick = (size: number) => Math.floor((picks.next() / WORDS) * size);
      const law = exactLaw((source) => String(uniformInt(source, bound)), looks([limit], bound), pick, 2);
      expect(law.results.size).toBe(bound);
      expect(new Set(law.results.values()).size).toBe(1);
      expect(law.unresolved).toBe(BigInt(WORDS % bound) ** 2n);
    }
  });

  it('rejects from the largest multiple of the bound on, and no word below it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: WORDS }), (bound) => {
        const limit = WORDS - (WORDS % bound);
        expect(uniformInt(recordedSource([limit - 1]), bound)).toBe((limit - 1) % bound);
        if (limit < WORDS) expect(uniformInt(recordedSource([limit, WORDS - 1, 0]), bound)).toBe(0);
      }),
    );
  });

  it('rejects fewer than half of the words', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: WORDS }), (bound) => {
        expect(WORDS % bound).toBeLessThan(WORDS / 2);
      }),
    );
  });
});

describe('bernoulli', () => {
  const numerators = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

  it('is decided by the first word unless it equals the upper half, then by the second', () => {
    fc.assert(
      fc.property(numerators, (n) => {
        const t = threshold(n);
        const toss = (...words: number[]) => bernoulli(recordedSource(words), t);
        if (t.high > 0) expect(toss(t.high - 1)).toBe(true);
        if (t.high < WORDS - 1) expect(toss(t.high + 1)).toBe(false);
        if (t.low > 0) expect(toss(t.high, t.low - 1)).toBe(true);
        expect(toss(t.high, t.low)).toBe(false);
        expect(codeOf(() => toss(t.high))).toBe('source-exhausted');
      }),
    );
  });

  it('has exactly the probability of its threshold, and a law of words that does not depend on it', () => {
    const laws = [0n, 1n, 1n << 32n, (1n << 63n) + 12345n, (1n << 64n) - 1n].map((n) => {
      const t = threshold(n);
      const run = (source: WordSource) => String(bernoulli(source, t));
      const law = exactLaw(run, looks([t.high, t.high + 1, t.low], 1), (size) => size - 1, 2);
      expect(law.results.get('true') ?? 0n).toBe(n);
      expect(law.unresolved).toBe(0n);
      return [...law.words].sort().join();
    });
    expect(new Set(laws).size).toBe(1);
  });

  it('keeps its numerator, and gives it as a double within a unit in the last place', () => {
    fc.assert(
      fc.property(numerators, (n) => {
        expect(numerator(threshold(n))).toBe(n);
        expect(Math.abs(probability(threshold(n)) - Number(n) / 2 ** 64)).toBeLessThanOrEqual(2 ** -52);
      }),
    );
  });
});

describe('word sources', () => {
  it('hand out the words of each block in order and fetch the next block when it is used up', () => {
    let block = 0;
    const source = blockSource((words) => {
      words.fill(++block);
      words[0] = block * 100;
    }, 3);
    expect(Array.from({ length: 7 }, () => source.next())).toEqual([100, 1, 1, 200, 2, 2, 300]);
  });

  it('refuse a size of block that is no number of words', () => {
    for (const blockWords of [0, -1, 1.5, 1000 / 3, Number.NaN, 16_385]) {
      expect(codeOf(() => secureSource(globalThis.crypto, blockWords))).toBe('option-invalid');
      expect(codeOf(() => blockSource(() => undefined, blockWords))).toBe('option-invalid');
    }
    expect(codeOf(() => secureSource(globalThis.crypto, 16_384))).toBe('returned');
  });

  it('forget each word once it is drawn', () => {
    let memory = new Int32Array();
    const source = blockSource((words) => {
      memory = words as Int32Array<ArrayBuffer>;
      words.fill(7);
    }, 4);
    source.next();
    source.next();
    expect([...memory]).toEqual([0, 0, 7, 7]);
  });

  it('draw nothing that a failing generator left behind, and recover when it does', () => {
    let fails = false;
    const source = blockSource((words) => {
      if (fails) throw new Error('no entropy');
      words.fill(9);
    }, 2);
    source.next();
    source.next();
    fails = true;
    expect(() => source.next()).toThrow('no entropy');
    expect(() => source.next()).toThrow('no entropy');
    fails = false;
    expect(source.next()).toBe(9);
  });

  it('make unsigned words of signed integers', () => {
    expect(sourceFrom(() => -1).next()).toBe(WORDS - 1);
  });

  it('replay recorded words and refuse to invent more', () => {
    const source = recordedSource([1, WORDS - 1]);
    expect([source.next(), source.next()]).toEqual([1, WORDS - 1]);
    expect(codeOf(() => source.next())).toBe('source-exhausted');
  });

  it('set words aside in order, those that are drawn one by one between them', () => {
    let next = 0;
    const source = blockSource((words) => {
      for (let i = 0; i < words.length; i++) words[i] = ++next;
    }, 8);
    const reserved = (count: number) => {
      const start = source.reserve(count);
      return [...source.block.subarray(start, start + count)];
    };
    expect([source.next(), ...reserved(3), source.next(), ...reserved(3)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    // What is left of a block is too little for two, and is dropped and forgotten.
    source.next();
    expect(reserved(6)).toEqual([10, 11, 12, 13, 14, 15]);
    const { block } = source;
    expect(reserved(2)).toEqual([17, 18]);
    expect(source.block).toBe(block);
    // More than a block: one for them alone, and then the usual one again.
    expect(reserved(20)).toEqual(Array.from({ length: 20 }, (_, i) => 25 + i));
    expect(source.next()).toBe(45);
    expect(source.block.length).toBe(8);
  });

  it('forget what is left of a block that is too small, even where the next cannot be had', () => {
    let fails = false;
    const source = blockSource((words) => {
      if (fails) throw new Error('no entropy');
      words.fill(7);
    }, 4);
    source.next();
    const { block } = source;
    fails = true;
    expect(() => source.reserve(4)).toThrow('no entropy');
    expect([...block]).toEqual([0, 0, 0, 0]);
    expect(() => source.next()).toThrow('no entropy');
    fails = false;
    expect(source.next()).toBe(7);
  });

  it('fetch word after word on a device, keep none of them, and make none up where the generator fails', () => {
    let fails = false;
    let word = 0;
    const fetched: (Int32Array | Uint32Array)[] = [];
    const source = deviceSource({
      getRandomValues(words) {
        if (fails) throw new Error('no entropy');
        words.fill(--word);
        fetched.push(words);
      },
    });
    expect([source.next(), source.next()]).toEqual([WORDS - 1, WORDS - 2]);
    expect(fetched.map((words) => [...words])).toEqual([[0], [0]]);
    fails = true;
    expect(() => source.next()).toThrow('no entropy');
  });

  it('come from Web Crypto, within its quota', () => {
    const sizes: number[] = [];
    const counted = {
      getRandomValues(words: Int32Array<ArrayBuffer>) {
        sizes.push(words.byteLength);
        return globalThis.crypto.getRandomValues(words);
      },
    };
    const source = countingSource(secureSource(counted, 16_384));
    const seen = new Set(Array.from({ length: 1000 }, () => source.next()));
    expect(sizes).toEqual([65_536]);
    expect(source.drawn).toBe(1000);
    // 1000 words of 32 bits: three collisions or more have probability below 1e-12.
    expect(seen.size).toBeGreaterThan(997);
  });
});
