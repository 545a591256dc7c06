import { estimateSupport } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { signedTail } from '../src/estimate/saddlepoint.js';
import { signedEstimator } from '../src/estimate/signed.js';
import { floorOf, type SignedLaw, signedVariance } from '../src/estimate/signed-law.js';
import { type Clients, expectation, jointLaw, signedCoverage } from './support/signed-coverage.js';

/**
 * Coverage of the 95% intervals, computed and not sampled: the exact law of the two counts is summed over those whose interval
 * holds the truth. No false alarms.
 */

/** Hadamard response with so many blocks, at its epsilon. */
function lawAt(epsilon: number, blocks: number): SignedLaw {
  const e = Math.exp(epsilon);
  return { keep: (e - 1) / (e + 2 * blocks - 1), blocks };
}

/** The least n for which ten answers of either sign are expected, whatever the truth. */
function enough(law: SignedLaw): number {
  return Math.ceil(20 / floorOf(law));
}

/** Clients over a grid of shares of the value, ends and next to them included, and of what else its block holds. */
function grid(n: number, shares: readonly number[], rest: readonly number[]): Clients[] {
  const near = [0, 1, 2, n - 2, n - 1, n].filter((holders) => holders >= 0 && holders <= n);
  const holders = new Set([...near, ...shares.map((share) => Math.round(share * n))]);
  return [...holders].flatMap((held) =>
    rest.map((part) => {
      const mates = Math.round(part * (n - held));
      return { holders: held, mates, others: n - held - mates };
    }),
  );
}

/** Over a grid of truths. An estimator remembers what it has worked out. */
function coveragesOf(law: SignedLaw, n: number): number[] {
  const estimate = signedEstimator(law, n);
  return grid(n, [0.05, 0.2, 0.5, 0.8, 0.95], [0, 0.05, 0.3, 1]).map((clients) =>
    signedCoverage(law, clients, estimate),
  );
}

interface Summary {
  cells: number;
  least: number;
  most: number;
  below94: number;
  above98: number;
}

function summary(coverages: readonly number[]): Summary {
  const digits = (x: number) => Math.round(x * 1e4) / 1e4;
  return {
    cells: coverages.length,
    least: digits(Math.min(...coverages)),
    most: digits(Math.max(...coverages)),
    below94: coverages.filter((x) => x < 0.94).length,
    above98: coverages.filter((x) => x > 0.98).length,
  };
}

describe('coverage of the 95% interval from signed answers', () => {
  it('is .94 to .98 in every cell where ten answers of either sign are expected', () => {
    const laws = [lawAt(0.8, 2), lawAt(1, 2), lawAt(1.5, 4), lawAt(2, 4), lawAt(2.5, 8)];
    const coverages = laws.flatMap((law) => [enough(law), enough(law) + 9].flatMap((n) => coveragesOf(law, n)));
    expect(summary(coverages)).toMatchInlineSnapshot(`
      {
        "above98": 0,
        "below94": 0,
        "cells": 440,
        "least": 0.9414,
        "most": 0.9696,
      }
    `);
  });

  it('is at least .95 in every cell of fewer answers', () => {
    const laws = [lawAt(1, 2), lawAt(2, 4), lawAt(3, 16), lawAt(4, 32)];
    const coverages = laws.flatMap((law) =>
      [1, 2, 3, 5, 12, 30, 57, 140].filter((n) => n < enough(law)).flatMap((n) => coveragesOf(law, n)),
    );
    expect(coverages.filter((x) => x < 0.95)).toEqual([]);
    expect(summary(coverages)).toMatchInlineSnapshot(`
      {
        "above98": 494,
        "below94": 0,
        "cells": 804,
        "least": 0.9551,
        "most": 1,
      }
    `);
  });

  it('would not be so if the mass of the block were left out', () => {
    const law = lawAt(2, 4);
    const n = enough(law);
    const at = { holders: 10, mates: n - 10, others: 0 };
    // As if the block held nobody else: too narrow where it holds all.
    const error = Math.sqrt(signedVariance(law, 10 / n, 10 / n, n));
    const covered = expectation(jointLaw(law, at), (plus, minus) =>
      Math.abs((plus - minus) / law.keep - at.holders) <= 1.96 * error * n ? 1 : 0,
    );
    expect(covered).toBeLessThan(0.85);
    expect(signedCoverage(law, at, signedEstimator(law, n))).toBeGreaterThan(0.94);
  });
});

describe('the estimate from signed answers', () => {
  const law = lawAt(2, 4);
  const n = 60;
  const clients = { holders: 12, mates: 9, others: 39 };

  it('is unbiased with the stated variance, by the exact law', () => {
    const joint = jointLaw(law, clients);
    const estimate = signedEstimator(law, n);
    const mean = expectation(joint, (plus, minus) => estimate(plus, minus).value);
    const square = expectation(joint, (plus, minus) => (estimate(plus, minus).value - 12 / n) ** 2);
    expect(mean).toBeCloseTo(12 / n, 6);
    expect(square / signedVariance(law, 12 / n, 21 / n, n)).toBeCloseTo(1, 5);
  });

  it('has a standard error that is the root of that variance at the expected counts', () => {
    const many = 1e6;
    const noise = floorOf(law) / 2;
    const plus = many * (0.2 * law.keep + 0.15 * (law.keep / 2) + noise);
    const minus = many * (0.15 * (law.keep / 2) + noise);
    const { value, standardError } = signedEstimator(law, many)(plus, minus);
    expect(value).toBeCloseTo(0.2, 9);
    expect(standardError).toBeCloseTo(Math.sqrt(signedVariance(law, 0.2, 0.35, many)), 9);
  });

  it('of one block is that of support with probability 1/2', () => {
    const one = { keep: 0.3, blocks: 1 };
    for (const [plus, minus] of [
      [3, 2],
      [700, 300],
    ] as const) {
      expect(signedEstimator(one, plus + minus)(plus, minus)).toEqual(
        estimateSupport({ p: 0.65, q: 0.5 }, plus, plus + minus),
      );
    }
  });

  it('from nothing is nothing', () => {
    expect(signedEstimator(law, 0)(0, 0)).toMatchObject({ value: Number.NaN, low: 0, high: 1, n: 0 });
  });

  it('says by how much it lies outside where no share is possible', () => {
    const estimate = signedEstimator(law, 100);
    const { low, high } = estimate(0, 100);
    expect(high).toBeLessThan(0);
    expect(low).toBeLessThan(high);
  });

  it('has a wider interval for more confidence', () => {
    for (const reports of [60, 6000]) {
      const counts = [0.3 * reports, 0.1 * reports] as const;
      const [narrow, wide] = [0.8, 0.99].map((confidence) => signedEstimator(law, reports, confidence)(...counts));
      expect(wide?.low).toBeLessThan(narrow?.low as number);
      expect(wide?.high).toBeGreaterThan(narrow?.high as number);
    }
  });

  it('tells a share at the detection limit from zero about 19 times in 20', () => {
    for (const [setting, reports] of [
      [lawAt(2, 4), 100],
      [lawAt(2, 4), 400],
      [lawAt(1, 2), 300],
    ] as const) {
      const estimate = signedEstimator(setting, reports);
      const empty = Math.round(reports * floorOf(setting));
      const limit = estimate(empty, 0).detectionLimit;
      const holders = Math.round(reports * limit);
      const told = expectation(jointLaw(setting, { holders, mates: 0, others: reports - holders }), (plus, minus) =>
        estimate(plus, minus).low > 0 ? 1 : 0,
      );
      expect(told).toBeGreaterThan(0.93);
      expect(told).toBeLessThan(0.99);
    }
  });
});

describe('the saddlepoint tail', () => {
  it('is within a twentieth of the exact one where intervals end, and exact at the ends of the range', () => {
    const law = lawAt(2, 4);
    const noise = floorOf(law) / 2;
    for (const { holders, mates, others } of [
      { holders: 0, mates: 0, others: 40 },
      { holders: 5, mates: 10, others: 25 },
      { holders: 30, mates: 30, others: 0 },
    ]) {
      const groups = [
        { size: holders, plus: law.keep + noise, minus: noise },
        { size: mates, plus: law.keep / 2 + noise, minus: law.keep / 2 + noise },
        { size: others, plus: noise, minus: noise },
      ];
      const joint = jointLaw(law, { holders, mates, others });
      const n = holders + mates + others;
      let compared = 0;
      for (let count = -n; count <= n; count++) {
        const exact = expectation(joint, (plus, minus) => (plus - minus >= count ? 1 : 0));
        if (exact < 0.001 || exact > 0.1) continue;
        compared++;
        expect(signedTail(groups, count) / exact).toBeGreaterThan(0.95);
        expect(signedTail(groups, count) / exact).toBeLessThan(1.05);
      }
      expect(compared).toBeGreaterThan(2);
      expect(signedTail(groups, n + 1)).toBe(0);
      expect(signedTail(groups, -n)).toBe(1);
    }
  });
});
