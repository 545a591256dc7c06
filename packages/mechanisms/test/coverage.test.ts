import type { Support } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import {
  binomial,
  countLaw,
  coverage,
  hypergeometric,
  type Law,
  plugIn,
  sampledCountLaw,
  score,
  shipped,
} from './support/coverage.js';
import { type Cell, cellsOf, few, plenty, randomizedResponse, settingsOf, summary } from './support/coverage-grid.js';

/**
 * Coverage of the 95% intervals, computed and not sampled: the law of the count is summed over the counts whose
 * interval holds the truth. No false alarms. The figures pinned here are those of docs/adr/0005.
 */

const settings = settingsOf([50, 100, 200, 500, 1000, 2000]);
const TWENTIETHS = Array.from({ length: 21 }, (_, i) => i / 20);

describe('coverage of the 95% interval, all expected supports at least 10', () => {
  const cells = plenty(settings).flatMap((setting) => cellsOf(setting, shipped(setting.support)));

  it('is at least .94 in every cell', () => {
    expect(cells.filter((cell) => cell.coverage < 0.94)).toEqual([]);
  });

  it('is at most .98 in every cell', () => {
    expect(cells.filter((cell) => cell.coverage > 0.98)).toEqual([]);
  });

  it('has the figures of ADR 0005', () => {
    expect(summary(cells)).toMatchInlineSnapshot(`
      {
        "above98": 0,
        "below94": 0,
        "cells": 8495,
        "least": 0.9432,
        "most": 0.9723,
      }
    `);
    expect(summary(plenty(settings).flatMap((s) => cellsOf(s, plugIn(s.support))))).toMatchInlineSnapshot(`
      {
        "above98": 0,
        "below94": 364,
        "cells": 8495,
        "least": 0.9162,
        "most": 0.9784,
      }
    `);
    expect(summary(plenty(settings).flatMap((s) => cellsOf(s, score(s.support, 0))))).toMatchInlineSnapshot(`
      {
        "above98": 0,
        "below94": 132,
        "cells": 8495,
        "least": 0.9323,
        "most": 0.966,
      }
    `);
  });

  it('comes from the same interval as the score test inverted by bisection', () => {
    const cut = (share: number) => Math.min(1, Math.max(0, share));
    for (const { support, n } of plenty(settings).filter((setting) => setting.n <= 200)) {
      for (let count = 0; count <= n; count += 7) {
        const [low, high] = shipped(support)(count, n);
        const [lowAgain, highAgain] = score(support, 0.25)(count, n);
        expect(Math.abs(cut(low) - cut(lowAgain)) + Math.abs(cut(high) - cut(highAgain))).toBeLessThan(1e-9);
      }
    }
  });
});

describe('coverage of the 95% interval, some expected support below 10', () => {
  const cells = few(settings).flatMap((setting) => cellsOf(setting, shipped(setting.support)));

  it('is at least .95 in every cell: the exact test never refuses too often', () => {
    expect(cells.filter((cell) => cell.coverage < 0.95)).toEqual([]);
  });

  it('has the figures of ADR 0005', () => {
    expect(summary(cells)).toMatchInlineSnapshot(`
      {
        "above98": 1796,
        "below94": 0,
        "cells": 6409,
        "least": 0.9501,
        "most": 0.9995,
      }
    `);
  });
});

describe('coverage when a random part of those who report is asked', () => {
  const asked = [1, 2, 4].flatMap((epsilon) =>
    [1 / 2, 1 / 4].flatMap((answered) =>
      [60, 240].map((n) => ({ epsilon, answered, n, reported: n / answered, support: randomizedResponse(epsilon) })),
    ),
  );
  const cells = asked.flatMap(({ epsilon, answered, n, reported, support }) => {
    const interval = shipped(support, answered);
    const isPlenty = n * support.q >= 10;
    return TWENTIETHS.map((share) => {
      const law = sampledCountLaw(support, Math.round(share * reported), reported, n);
      const name = `epsilon ${epsilon}, asked ${answered}, n ${n}`;
      return { name, isPlenty, share, coverage: coverage(law, (count) => interval(count, n), share) };
    });
  });

  it('is at least .94 in every cell', () => {
    expect(cells.filter((cell) => cell.coverage < 0.94)).toEqual([]);
  });

  it('is at most .98 where supports are plenty', () => {
    expect(cells.filter((cell) => cell.isPlenty && cell.coverage > 0.98)).toEqual([]);
  });

  it('has the figures of ADR 0005', () => {
    expect(summary(cells.filter(({ isPlenty }) => isPlenty))).toMatchInlineSnapshot(`
      {
        "above98": 0,
        "below94": 0,
        "cells": 126,
        "least": 0.9474,
        "most": 0.9681,
      }
    `);
    expect(summary(cells.filter(({ isPlenty }) => !isPlenty))).toMatchInlineSnapshot(`
      {
        "above98": 85,
        "below94": 0,
        "cells": 126,
        "least": 0.9704,
        "most": 0.9974,
      }
    `);
  });
});

describe('coverage for the mean of a count, half of those who report being asked', () => {
  const n = 500;
  const reported = 2 * n;
  const cellsOfMean = (lawOf: (support: Support, mean: number) => Law): Cell[] =>
    [0.5, 1, 2, 4].flatMap((epsilon) => {
      const support = randomizedResponse(epsilon);
      const interval = shipped(support, 0);
      return TWENTIETHS.map((mean) => {
        const law = lawOf(support, mean);
        return { name: `epsilon ${epsilon}`, share: mean, coverage: coverage(law, (c) => interval(c, n), mean) };
      });
    });
  const alike = cellsOfMean(({ p, q }, mean) => binomial(n, q + mean * (p - q)));
  const atBothEnds = cellsOfMean((support, mean) => sampledCountLaw(support, Math.round(mean * reported), reported, n));

  it('is at least .94, whether counts are all alike or all at the ends', () => {
    expect([...alike, ...atBothEnds].filter((cell) => cell.coverage < 0.94)).toEqual([]);
  });

  it('is at most .98 when counts are alike, and more when they sit at both ends', () => {
    const isInner = ({ share }: Cell) => share > 0 && share < 1;
    expect(alike.filter((cell) => cell.coverage > 0.98)).toEqual([]);
    expect(summary(alike.filter(isInner))).toMatchInlineSnapshot(`
      {
        "above98": 0,
        "below94": 0,
        "cells": 76,
        "least": 0.9484,
        "most": 0.9609,
      }
    `);
    expect(summary(atBothEnds.filter(isInner))).toMatchInlineSnapshot(`
      {
        "above98": 24,
        "below94": 0,
        "cells": 76,
        "least": 0.951,
        "most": 0.9944,
      }
    `);
  });
});

describe('the laws these figures rest on', () => {
  it('agree with sums over all subsets by hand', () => {
    const sum = (law: Law) => law.mass.reduce((total, mass) => total + mass, 0);
    expect([...binomial(3, 0.5).mass]).toEqual([0.125, 0.375, 0.375, 0.125]);
    expect([...hypergeometric(5, 2, 2).mass].map((x) => Math.round(x * 1e12) / 1e12)).toEqual([0.3, 0.6, 0.1]);
    const law = countLaw({ p: 0.75, q: 0.25 }, 1, 2);
    expect([...law.mass].map((x) => Math.round(x * 1e12) / 1e12)).toEqual([0.1875, 0.625, 0.1875]);
    expect(sum(sampledCountLaw({ p: 0.75, q: 0.25 }, 30, 100, 50))).toBeCloseTo(1, 12);
  });
});
