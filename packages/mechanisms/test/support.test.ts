import { estimateSupport, type Support } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialLaw, sumTails } from '../src/estimate/binomial.js';
import { codeOf } from './support/ensure.js';

const supports = fc
  .tuple(fc.double({ min: 0.01, max: 0.98, noNaN: true }), fc.double({ min: 0.01, max: 0.98, noNaN: true }))
  .filter(([a, b]) => Math.abs(a - b) > 0.01)
  .map(([a, b]): Support => ({ p: Math.max(a, b), q: Math.min(a, b) }));

/** Exact binomial probabilities in integers, p = numerator / 2^20. */
function exactBinomial(n: number, numerator: number): number[] {
  const [a, b] = [BigInt(numerator), BigInt(2 ** 20 - numerator)];
  let choose = 1n;
  return Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) choose = (choose * BigInt(n - k + 1)) / BigInt(k);
    const scaled = (choose * a ** BigInt(k) * b ** BigInt(n - k)) << 60n;
    return Number(scaled >> BigInt(20 * n)) / 2 ** 60;
  });
}

describe('binomialLaw', () => {
  it('agrees with integer arithmetic', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 2 ** 20 - 1 }), (n, numerator) => {
        const law = binomialLaw(n, numerator / 2 ** 20);
        exactBinomial(n, numerator).forEach((mass, k) => {
          expect(law.mass[k - law.from] ?? 0).toBeCloseTo(mass, 12);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('has the whole mass, the mean and the variance, at any size', () => {
    for (const [n, p] of [
      [1, 0.5],
      [50, 0.999],
      [1000, 1e-6],
      [1e6, 0.27],
      [1e8, 1e-7],
    ] as const) {
      const law = binomialLaw(n, p);
      const moment = (f: (k: number) => number) => law.mass.reduce((sum, mass, i) => sum + mass * f(law.from + i), 0);
      expect(moment(() => 1)).toBeCloseTo(1, 6);
      expect(moment((k) => k) / (n * p)).toBeCloseTo(1, 6);
      expect(moment((k) => (k - n * p) ** 2) / (n * p * (1 - p))).toBeCloseTo(1, 6);
    }
  });

  it('is certain at the ends', () => {
    expect(binomialLaw(0, 0.5)).toEqual({ from: 0, mass: [1] });
    expect(binomialLaw(7, 0)).toEqual({ from: 0, mass: [1] });
    expect(binomialLaw(7, 1)).toEqual({ from: 7, mass: [1] });
  });
});

describe('sumTails', () => {
  it('sums the two laws, both tails holding the count itself', () => {
    const [a, b] = [binomialLaw(2, 0.5), binomialLaw(1, 0.25)];
    // Of 0..3 the masses are 3/16, 7/16, 5/16, 1/16.
    const tailsAt = (count: number) => sumTails(a, b, count);
    [3, 10, 15, 16].forEach((sixteenths, count) => {
      expect(16 * tailsAt(count).atMost).toBeCloseTo(sixteenths, 12);
    });
    [16, 13, 6, 1].forEach((sixteenths, count) => {
      expect(16 * tailsAt(count).atLeast).toBeCloseTo(sixteenths, 12);
    });
  });
});

describe('estimateSupport', () => {
  it('has its estimate between the ends of its interval, also where it lies outside the range', () => {
    fc.assert(
      fc.property(
        supports,
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (s, n, at) => {
          const { value, low, high } = estimateSupport(s, Math.round(at * n), n);
          const isOutside = value < 0 || value > 1;
          expect(low).toBeLessThanOrEqual(high);
          // The exact interval keeps to the range as long as any share of it is kept.
          expect(low).toBeLessThanOrEqual(isOutside ? Math.max(0, value) + 1e-9 : value + 1e-9);
          expect(high).toBeGreaterThanOrEqual(isOutside ? Math.min(1, value) - 1e-9 : value - 1e-9);
        },
      ),
    );
  });

  it('has a wider interval for more confidence, and when fewer of those who reported answered', () => {
    const support = { p: 0.75, q: 0.25 };
    const width = (count: number, options: { confidence?: number; answered?: number }) => {
      const { low, high } = estimateSupport(support, count, 400, options);
      return high - low;
    };
    for (let count = 110; count <= 290; count++) {
      for (const [less, more] of [
        [{ confidence: 0.9 }, { confidence: 0.99 }],
        [{ answered: 1 }, { answered: 0.5 }],
        [{ answered: 0.5 }, { answered: 0 }],
      ] as const) {
        expect(width(count, less)).toBeLessThan(width(count, more));
      }
    }
  });

  it('scales everything but n', () => {
    const support = { p: 0.75, q: 0.25 };
    const one = estimateSupport(support, 60, 100);
    const ten = estimateSupport(support, 60, 100, { scale: 10 });
    expect(one.value).toBeCloseTo(0.7, 12);
    for (const key of ['value', 'standardError', 'low', 'high', 'detectionLimit'] as const) {
      expect(ten[key]).toBeCloseTo(10 * one[key], 12);
    }
    expect(ten.n).toBe(100);
  });

  it('has the plug-in standard error, with the estimate cut to the range', () => {
    const { p, q } = { p: 0.5, q: 0.25 };
    const errorAt = (share: number) => Math.sqrt((share * p * (1 - p) + (1 - share) * q * (1 - q)) / 400) / (p - q);
    expect(estimateSupport({ p, q }, 150, 400).standardError).toBeCloseTo(errorAt(0.5), 12);
    expect(estimateSupport({ p, q }, 10, 400).standardError).toBeCloseTo(errorAt(0), 12);
    expect(estimateSupport({ p, q }, 390, 400).standardError).toBeCloseTo(errorAt(1), 12);
  });

  it('inverts the exact test where supports are few: an end is the last share that the test does not refuse', () => {
    const support = { p: 0.5, q: 0.02 };
    const n = 60;
    for (const count of [0, 1, 4, 17, 40]) {
      const { low, high } = estimateSupport(support, count, n);
      const kept = Array.from({ length: n + 1 }, (_, holders) => holders).filter((holders) => {
        const tails = sumTails(binomialLaw(holders, support.p), binomialLaw(n - holders, support.q), count);
        return tails.atMost > 0.025 && tails.atLeast > 0.025;
      });
      if (kept.length === 0) expect(low).toBeGreaterThan(1);
      else expect([low * n, high * n].map(Math.round)).toEqual([kept[0], kept[kept.length - 1]]);
    }
  });

  it('detects at its limit also where counts are few, by the exact law', () => {
    const settings = [
      [{ p: 0.97, q: 0.0003 }, 100],
      [{ p: 0.97, q: 0.0003 }, 5000],
      [{ p: 0.78, q: 0.014 }, 50],
      [{ p: 0.5, q: 0.018 }, 60],
      [{ p: 0.98, q: 0.018 }, 50],
    ] as const;
    for (const [support, n] of settings) {
      const { detectionLimit } = estimateSupport(support, 0, n);
      const powerAt = (holders: number) => {
        const [own, others] = [binomialLaw(holders, support.p), binomialLaw(n - holders, support.q)];
        const telling = Array.from({ length: n + 1 }, (_, count) => count).find(
          (c) => estimateSupport(support, c, n).low > 0,
        );
        return sumTails(own, others, telling as number).atLeast;
      };
      const holders = Math.round(detectionLimit * n);
      expect(powerAt(holders)).toBeGreaterThanOrEqual(0.95);
      expect(powerAt(holders - 1)).toBeLessThan(0.95);
    }
    expect(estimateSupport({ p: 0.3, q: 0.1 }, 0, 20).detectionLimit).toBe(Number.POSITIVE_INFINITY);
  });

  it('detects at its limit: the interval excludes zero 19 times in 20', () => {
    const support = { p: 0.5, q: 0.2689 };
    const n = 100_000;
    const { detectionLimit } = estimateSupport(support, n * support.q, n);
    const law = binomialLaw(n, support.q);
    const certain = law.mass.findIndex((_, i) => estimateSupport(support, law.from + i, n).low > 0) + law.from;
    const holders = Math.round(detectionLimit * n);
    const tails = sumTails(binomialLaw(holders, support.p), binomialLaw(n - holders, support.q), certain);
    expect(tails.atLeast).toBeCloseTo(0.95, 2);
  });
});

describe('what an interval is asked with', () => {
  it('is a confidence between 0 and 1 and a whole number of repeats, or refused', () => {
    const support = { p: 0.7, q: 0.2 };
    for (const confidence of [0, 1, -1, 1.5, Number.NaN]) {
      expect(codeOf(() => estimateSupport(support, 5, 10, { confidence }))).toBe('option-invalid');
    }
    for (const repeats of [0, -1, 1.5, Number.NaN]) {
      expect(codeOf(() => estimateSupport(support, 5, 10, { repeats }))).toBe('option-invalid');
    }
  });
});
