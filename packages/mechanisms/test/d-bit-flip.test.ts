import { recordedSource } from '@dither/mechanisms';
import { aggregator, channel, client, params } from '@dither/mechanisms/d-bit-flip';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededSource } from './support/seeded.js';

const make = (domainSize: number, epsilon = 1) =>
  params({ epsilonFirst: epsilon, epsilonInfinity: epsilon, reports: 2, domainSize });

/** How many of the sets hold each bucket, as the aggregator reads them. */
function heldBy(domainSize: number): number[] {
  const p = make(domainSize);
  const state = aggregator.empty(p);
  for (let set = 0; set < p.sets; set++) {
    const report = new Uint8Array(p.reportBytes);
    report[0] = set;
    aggregator.accumulate(p, state, report);
  }
  return Array.from({ length: domainSize }, (_, bucket) => state.counts[2 * bucket] as number);
}

describe('the bucket sets of dBitFlip', () => {
  it('hold each bucket as often as every other up to one, and in four sets at least', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 2, max: 64 }), fc.integer({ min: 2, max: 5000 })), (domainSize) => {
        const held = heldBy(domainSize);
        expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
        expect(Math.min(...held)).toBeGreaterThanOrEqual(4);
      }),
    );
  });

  it('are of different buckets, and as many as a report has room for', () => {
    expect(
      [2, 3, 5, 32, 33, 160, 161, 1024].map((k) => [k, make(k).sets, make(k).sampled, make(k).reportBytes]),
    ).toEqual([
      [2, 4, 2, 1],
      [3, 8, 2, 1],
      [5, 16, 2, 1],
      [32, 64, 2, 1],
      [33, 64, 10, 2],
      [160, 64, 10, 2],
      [161, 64, 18, 3],
      [1024, 64, 66, 9],
    ]);
  });

  it('are a uniform draw of 64, whichever of them there are', () => {
    for (const domainSize of [2, 5, 9, 1000]) expect(64 % make(domainSize).sets).toBe(0);
  });
});

describe('reports of dBitFlip', () => {
  it('repeat what is stored, and draw nothing', () => {
    const p = make(40);
    const permanent = client.latch(p, 7, 13, seededSource('latch'));
    const report = client.report(p, permanent, recordedSource([]));
    expect(report).toEqual(permanent);
    expect(report).not.toBe(permanent);
  });

  it('spend half of epsilon on each of the two bits in which values differ', () => {
    const p = make(5, 2);
    expect(channel.effectiveEpsilon(p)).toBeCloseTo(2, 12);
  });
});
