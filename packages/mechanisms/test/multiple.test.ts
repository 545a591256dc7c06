import { believed, benjaminiHochbergCut, bonferroniCut, holmCut, nullPValues } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTail } from './support/binomial-tail.js';

const pValueLists = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
const alphas = fc.double({ min: 0.001, max: 0.5, noNaN: true });

/** Rejections by the definition: the k smallest, k counted up (Holm) or down (Benjamini-Hochberg). */
function stepDown(pValues: readonly number[], alpha: number): number {
  const sorted = [...pValues].sort((a, b) => a - b);
  let k = 0;
  while (k < sorted.length && (sorted[k] as number) <= alpha / (sorted.length - k)) k++;
  return k;
}

function stepUp(pValues: readonly number[], alpha: number): number {
  const sorted = [...pValues].sort((a, b) => a - b);
  let k = sorted.length;
  while (k > 0 && (sorted[k - 1] as number) > (alpha * k) / sorted.length) k--;
  return k;
}

const size = (marks: Uint8Array) => marks.reduce((sum, mark) => sum + mark, 0);

describe('the procedures', () => {
  it('believe what their definitions believe', () => {
    fc.assert(
      fc.property(pValueLists, alphas, (pValues, alpha) => {
        expect(size(believed(pValues, holmCut(pValues, alpha)))).toBe(stepDown(pValues, alpha));
        expect(size(believed(pValues, benjaminiHochbergCut(pValues, alpha)))).toBe(stepUp(pValues, alpha));
      }),
    );
  });

  it('believe more from Bonferroni to Holm to Benjamini-Hochberg', () => {
    fc.assert(
      fc.property(pValueLists, alphas, (pValues, alpha) => {
        const cuts = [bonferroniCut(pValues, alpha), holmCut(pValues, alpha), benjaminiHochbergCut(pValues, alpha)];
        const [first, second, third] = cuts.map((cut) => size(believed(pValues, cut))) as [number, number, number];
        expect(second).toBeGreaterThanOrEqual(first);
        expect(third).toBeGreaterThanOrEqual(second);
      }),
    );
  });

  it('give what is computed by hand', () => {
    const pValues = [0.04, 0.001, 0.03, 0.012, 0.9];
    expect([...believed(pValues, bonferroniCut(pValues, 0.05))]).toEqual([0, 1, 0, 0, 0]);
    expect([...believed(pValues, holmCut(pValues, 0.05))]).toEqual([0, 1, 0, 1, 0]);
    expect([...believed(pValues, benjaminiHochbergCut(pValues, 0.05))]).toEqual([1, 1, 1, 1, 0]);
    expect([...believed(pValues, benjaminiHochbergCut(pValues, 0.05, 10))]).toEqual([0, 1, 0, 0, 0]);
    // The largest decides: the smaller is above its own bound of .025.
    const both = [0.04, 0.03];
    expect([...believed(both, benjaminiHochbergCut(both, 0.05))]).toEqual([1, 1]);
    expect([bonferroniCut([], 0.05), holmCut([], 0.05), benjaminiHochbergCut([], 0.05)]).toEqual([0.05, 0.05, 0]);
  });
});

describe('the p-value of a support count', () => {
  it('is the upper tail of the binomial law', () => {
    for (const [n, q] of [
      [1, 0.3],
      [20, 0.27],
      [500, 0.01],
      [1000, 0.5],
    ] as const) {
      const counts = Array.from({ length: Math.min(n, 40) + 1 }, (_, count) => count);
      nullPValues({ p: 0.9, q }, counts, n).forEach((pValue, count) => {
        const tail = binomialTail(n, q, count);
        expect(Math.abs(pValue - tail)).toBeLessThan(1e-9 * tail + 1e-15);
      });
    }
  });

  it('is one for a count of zero, and nothing beyond what can be', () => {
    const [none, all, more] = nullPValues({ p: 0.9, q: 0.25 }, [0, 4, 5], 4);
    expect([none, more]).toEqual([1, 0]);
    expect(all).toBeCloseTo(0.25 ** 4, 15);
    expect([...nullPValues({ p: 0.9, q: 0.25 }, [0], 0)]).toEqual([1]);
  });
});
