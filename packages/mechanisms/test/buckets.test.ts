import { bucketIndex, type Edges, linearBuckets, logBuckets } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from './support/ensure.js';

const linear = fc
  .record({
    low: fc.integer({ min: -1000, max: 1000 }),
    width: fc.integer({ min: 100, max: 9000 }),
    count: fc.integer({ min: 2, max: 40 }),
  })
  .map(({ low, width, count }) => linearBuckets(low, low + width, count));

const logarithmic = fc
  .record({
    low: fc.integer({ min: 1, max: 1000 }),
    ratio: fc.integer({ min: 4, max: 100_000 }),
    count: fc.integer({ min: 2, max: 64 }),
  })
  .map(({ low, ratio, count }) => logBuckets(low, low * ratio, count));

const edgesOfEither = fc.oneof(linear, logarithmic);

describe('buckets', () => {
  it('have edges that rise', () => {
    fc.assert(
      fc.property(edgesOfEither, (edges) => {
        edges.slice(1).forEach((edge, i) => {
          expect(edge).toBeGreaterThan(edges[i] as number);
        });
        expect(Object.isFrozen(edges)).toBe(true);
      }),
    );
  });

  it('hold their lower edge and not their upper one', () => {
    fc.assert(
      fc.property(edgesOfEither, (edges) => {
        for (let i = 0; i + 1 < edges.length; i++) expect(bucketIndex(edges, edges[i] as number)).toBe(i);
      }),
    );
  });

  it('find for every number the bucket that a scan finds', () => {
    const scan = (edges: Edges, x: number) => {
      const found = edges.filter((edge) => edge <= x).length - 1;
      return Math.min(Math.max(0, found), edges.length - 2);
    };
    fc.assert(
      fc.property(
        edgesOfEither,
        fc.double({ noNaN: true }),
        fc.double({ min: -1e4, max: 1e6, noNaN: true }),
        (edges, a, b) => {
          expect(bucketIndex(edges, a)).toBe(scan(edges, a));
          expect(bucketIndex(edges, b)).toBe(scan(edges, b));
        },
      ),
    );
  });

  it('send what lies outside, even infinities, to the nearest end', () => {
    const edges = linearBuckets(0, 10, 5);
    expect([Number.NEGATIVE_INFINITY, -1, 10, 11, Number.POSITIVE_INFINITY].map((x) => bucketIndex(edges, x))).toEqual([
      0, 0, 4, 4, 4,
    ]);
  });

  it('have edges that anybody can compute again', () => {
    expect(linearBuckets(0, 100, 4)).toEqual([0, 25, 50, 75, 100]);
    expect(linearBuckets(-1, 1, 3)).toEqual([-1, -0.3333, 0.3333, 1]);
    expect(logBuckets(1, 1000, 3)).toEqual([1, 10, 100, 1000]);
    // 100 * 10^(i/4), to four digits.
    expect(logBuckets(100, 10_000, 8)).toEqual([100, 177.8, 316.2, 562.3, 1000, 1778, 3162, 5623, 10_000]);
  });

  it('refuse what cannot be cut', () => {
    const refused = [
      () => linearBuckets(0, 1, 1),
      () => linearBuckets(0, 1, 4097),
      () => linearBuckets(0, 1, 2.5),
      () => linearBuckets(1, 1, 4),
      () => linearBuckets(2, 1, 4),
      () => linearBuckets(0, Number.NaN, 4),
      () => linearBuckets(0, Number.POSITIVE_INFINITY, 4),
      () => linearBuckets(100_000, 100_001, 4),
      () => logBuckets(0, 10, 4),
      () => logBuckets(-1, 10, 4),
      () => logBuckets(10, 10, 4),
      () => logBuckets(1, 1.001, 100),
      () => logBuckets(1, Number.POSITIVE_INFINITY, 4),
    ];
    expect(refused.map(codeOf)).toEqual(refused.map(() => 'option-invalid'));
  });
});
