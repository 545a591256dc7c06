import type { Estimate } from '@dither/mechanisms';
import { type Answer, accuracyOf, type Cell, type Comparison } from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { Moments } from '../src/moments.js';

const COARSE = { truth: [0.5, 0.5], estimate: [0.2, 0.8], borders: [0, 10, 20] };

function of(raw: Comparison, cells: readonly Cell[] = []): ReturnType<typeof accuracyOf> {
  return accuracyOf({ cells, raw, processed: raw });
}

function cell(truth: number, value: number, changes: Partial<Cell>): Cell {
  const estimate: Estimate = { value, standardError: 1, low: value - 1, high: value + 1, n: 1, detectionLimit: 1 };
  const quantity = { name: 'frequency', label: 'x', isShare: true };
  return { quantity, truth, estimate, error: value - truth, isCovered: true, ...changes };
}

describe('the distance of shares', () => {
  it('is the sum, and the largest, of their absolute errors', () => {
    const { l1, maxError, ks, wasserstein } = of({ truth: [0.2, 0.3, 0.5], estimate: [0.3, -0.1, 0.6] });
    expect(l1).toBeCloseTo(0.6, 15);
    expect(maxError).toBeCloseTo(0.4, 15);
    // Without an order there is nothing below or above.
    expect([ks, wasserstein]).toEqual([Number.NaN, Number.NaN]);
  });

  it('is, of numbers, the largest error of a share below one, and what has to be moved how far', () => {
    // 30 percent are 10 units too high, both spread over their buckets alike.
    expect(of(COARSE).ks).toBeCloseTo(0.3, 15);
    expect(of(COARSE).wasserstein).toBeCloseTo(3, 14);
    // Moved into a wider bucket: its middle is 35 away from that of the first.
    const wide = { truth: [1, 0], estimate: [0, 1], borders: [0, 10, 70] };
    expect(of(wide).wasserstein).toBeCloseTo(35, 13);
  });

  it('adds up the areas on both sides where the cumulative shares cross', () => {
    // Half of those of the middle bucket were moved out of it, a quarter to each side: 10 units each.
    const spread = { truth: [0, 1, 0], estimate: [0.25, 0.5, 0.25], borders: [0, 10, 20, 30] };
    expect(of(spread).ks).toBeCloseTo(0.25, 15);
    // By cutting the curves into thirty thousand pieces.
    const cumulative = (shares: readonly number[], x: number): number =>
      shares.reduce((sum, share, i) => sum + share * Math.min(1, Math.max(0, x / 10 - i)), 0);
    let area = 0;
    for (let i = 0; i < 30_000; i++) {
      const x = (i + 0.5) * 1e-3;
      area += Math.abs(cumulative(spread.truth, x) - cumulative(spread.estimate, x)) * 1e-3;
    }
    expect(of(spread).wasserstein).toBeCloseTo(area, 6);
  });

  it('is, of numbers, among those with an event, whose share stands after the buckets', () => {
    const withNone = { ...COARSE, truth: [0.25, 0.25, 0.5], estimate: [0.1, 0.4, 0.5] };
    expect(of(withNone).ks).toBeCloseTo(0.3, 15);
    expect(of(withNone).l1).toBeCloseTo(0.3, 15);
    expect(of({ ...COARSE, estimate: [-0.2, 0.1] }).ks).toBeNaN();
  });
});

describe('the accuracy of a repetition', () => {
  const answer: Answer = {
    cells: [
      cell(0.5, 0.6, { isDetected: true }),
      cell(0.4, 0.5, { isDetected: false, isCovered: false }),
      cell(0, 0.2, { isDetected: true }),
      cell(0.1, 0.05, {}),
    ],
  };

  it('counts what is detected, what is held, and both', () => {
    expect(accuracyOf(answer)).toMatchObject({ precision: 0.5, recall: 0.5, coverage: 0.75 });
    expect(accuracyOf({ cells: [cell(0.5, 0.6, { isDetected: false })] })).toMatchObject({
      precision: Number.NaN,
      recall: 0,
    });
  });

  it('compares the most common values with their own size', () => {
    expect(accuracyOf(answer).topRelativeError).toBeCloseTo((0.1 / 0.5 + 0.1 / 0.4) / 2, 15);
    const many = Array.from({ length: 30 }, (_, i) => cell(1 + i, 1 + i + (i < 20 ? 100 : 1), { isDetected: true }));
    const ten = Array.from({ length: 10 }, (_, i) => 1 / (21 + i)).reduce((sum, x) => sum + x, 0) / 10;
    expect(accuracyOf({ cells: many }).topRelativeError).toBeCloseTo(ten, 15);
  });
});

describe('moments', () => {
  it('are the mean, and its standard error, of what is a number', () => {
    const moments = new Moments();
    expect(moments.mean).toBeNaN();
    for (const x of [1, Number.NaN, 2, Number.POSITIVE_INFINITY, 6]) moments.add(x);
    expect(moments.mean).toBeCloseTo(3, 15);
    expect(moments.standardError).toBeCloseTo(Math.sqrt((4 + 1 + 9) / 2 / 3), 15);
  });

  it('have no standard error of one', () => {
    const moments = new Moments();
    moments.add(5);
    expect([moments.mean, moments.standardError]).toEqual([5, Number.NaN]);
  });
});
