import { type BlockSource, blockSource } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** A source of 1, 2, 3 .., in blocks of so many, and its blocks. */
function counting(blockWords: number): { source: BlockSource; blocks: Int32Array[] } {
  let word = 0;
  const blocks: Int32Array[] = [];
  const source = blockSource((words) => {
    for (let i = 0; i < words.length; i++) words[i] = ++word;
    blocks.push(words);
  }, blockWords);
  return { source, blocks };
}

/** Takes so many words at a time, a single one by `next`, and puts zeros in their places as asked. */
function take(source: BlockSource, count: number): number[] {
  if (count === 0) return [source.next()];
  const at = source.reserve(count);
  const words = [...source.block.subarray(at, at + count)];
  source.block.fill(0, at, at + count);
  return words;
}

describe('words taken one by one and many at a time', () => {
  const takes = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 40 });

  it('are each handed out once, in their order, as many as were asked for', () => {
    fc.assert(
      fc.property(takes, fc.integer({ min: 1, max: 9 }), (counts, blockWords) => {
        const { source } = counting(blockWords);
        const parts = counts.map((count) => take(source, count));
        expect(parts.map((part) => part.length)).toEqual(counts.map((count) => Math.max(1, count)));
        // Below the next one, so none comes twice, and none is a zero that somebody left.
        const all = parts.flat();
        expect(all.every((word, i) => word > (all[i - 1] ?? 0))).toBe(true);
      }),
    );
  });

  it('leave nothing behind in a block that is no longer in use', () => {
    fc.assert(
      fc.property(takes, fc.integer({ min: 1, max: 9 }), (counts, blockWords) => {
        const { source, blocks } = counting(blockWords);
        for (const count of counts) take(source, count);
        const old = blocks.filter((block) => block !== source.block);
        expect(old.every((block) => block.every((word) => word === 0))).toBe(true);
      }),
    );
  });

  it('waste no more of a block than is too little for what is asked', () => {
    const { source } = counting(8);
    expect([4, 4, 3, 0, 0, 4].map((count) => take(source, count))).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11],
      [12],
      [13],
      [17, 18, 19, 20],
    ]);
    expect(take(source, 9)[0]).toBe(25);
  });

  it('are refused, each time, while a generator fails, however many it was asked for', () => {
    let fails = false;
    const source = blockSource((words) => {
      if (fails) throw new Error('no entropy');
      words.fill(9);
    }, 3);
    for (const before of [3, 5]) {
      for (const asked of [0, 2, 7]) {
        fails = false;
        take(source, before);
        fails = true;
        expect(() => take(source, Math.max(4, asked))).toThrow('no entropy');
        expect(() => take(source, 0)).toThrow('no entropy');
        expect(() => take(source, asked)).toThrow('no entropy');
        fails = false;
        expect(take(source, asked)).toEqual(new Array(Math.max(1, asked)).fill(9));
      }
    }
  });
});
