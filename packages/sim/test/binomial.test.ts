import { normalTail, sourceFrom } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { goodnessOfFit } from '../../mechanisms/test/support/chi-square.js';
import { binomial } from '../src/random/binomial.js';
import { logBinomialMass } from '../src/random/binomial-mass.js';
import { uniform } from '../src/random/uniform.js';
import { seededSources } from '../src/seeded.js';

const sources = seededSources('binomial');

/** False-alarm rate of each test of fit, over seeds. */
const ALPHA = 1e-6;

/** P[X = k] for p = numerator/denominator, from whole numbers. */
function exactMass(k: number, n: number, numerator: bigint, denominator: bigint): number {
  let ways = 1n;
  for (let i = 0n; i < BigInt(k); i++) ways = (ways * (BigInt(n) - i)) / (i + 1n);
  const of = ways * numerator ** BigInt(k) * (denominator - numerator) ** BigInt(n - k);
  const all = denominator ** BigInt(n);
  // A quotient of 60 decimals keeps 16 of a mass above 1e-40.
  return Number((of * 10n ** 60n) / all) / 1e60;
}

describe('the logarithm of a binomial mass', () => {
  it('is that of whole numbers', () => {
    for (const n of [1, 2, 15, 16, 17, 100, 400]) {
      for (const [numerator, denominator] of [
        [1n, 3n],
        [1n, 2n],
        [1n, 1000n],
      ] as const) {
        for (let k = 0; k <= n; k += Math.ceil(n / 20)) {
          const mass = exactMass(k, n, numerator, denominator);
          if (mass < 1e-40) continue;
          const log = logBinomialMass(k, n, Number(numerator) / Number(denominator));
          expect(Math.abs(log - Math.log(mass)), `${k} of ${n}`).toBeLessThan(1e-12);
        }
      }
    }
  });

  it('falls from one count to the next as it must, up to the largest numbers', () => {
    for (const [n, p] of [
      [1e6, 0.5],
      [1e12, 0.3],
      [2 ** 53, 1e-10],
      [2 ** 53, 0.4],
    ] as const) {
      const deviation = Math.sqrt(n * p * (1 - p));
      for (const scores of [-5, -1, 0.5, 4]) {
        const from = Math.round(n * p + scores * deviation);
        const step = Math.max(1, Math.round(deviation / 1000));
        // ln P[k+1]/P[k] = ln (n-k) p / ((k+1) (1-p)), summed over a step by the trapezoid rule.
        const rise = (k: number) => Math.log(((n - k) / (k + 1)) * (p / (1 - p)));
        const expected = (step * (rise(from) + rise(from + step - 1))) / 2;
        const found = logBinomialMass(from + step, n, p) - logBinomialMass(from, n, p);
        expect(Math.abs(found - expected), `${n}, ${p}, ${scores}`).toBeLessThan(1e-9);
      }
    }
  });
});

describe('a uniform number', () => {
  it('is a multiple of 2^-53 from 0 up to, without, 1', () => {
    expect(uniform(sourceFrom(() => 0))).toBe(0);
    expect(uniform(sourceFrom(() => -1))).toBe(1 - 2 ** -53);
  });
});

describe('a binomial draw', () => {
  it.each([
    [1, 0.3],
    [20, 0.5],
    [33, 0.5],
    [128, 0.5],
    [129, 0.5],
    [100, 0.04],
    [100, 0.3],
    [21, 0.49],
    [1000, 0.97],
    [1000, 0.999],
    [1e9, 5e-9],
    [2 ** 53, 1e-15],
  ])('of %f at %f has the law', (n, p) => {
    const source = sources(`${n}/${p}`);
    const draws = 200_000;
    const least = Math.max(0, Math.floor(n * p - 60));
    const most = Math.min(n, Math.ceil(n * p + 60));
    const counts = new Array<number>(most - least + 1).fill(0);
    for (let i = 0; i < draws; i++) {
      const k = binomial(source, n, p) - least;
      counts[k] = (counts[k] as number) + 1;
    }
    const masses = counts.map((_, k) => Math.exp(logBinomialMass(least + k, n, p)));
    expect(counts).toHaveLength(masses.length);
    expect(goodnessOfFit(counts, masses)).toBeGreaterThan(ALPHA);
  });

  it.each([
    [1e8, 0.3],
    [1e12, 0.02],
    [2 ** 53, 0.7],
    [2 ** 53, 1e-6],
  ])('of %f at %f is normal: what is skewed is below a ten-thousandth', (n, p) => {
    const source = sources(`normal/${n}/${p}`);
    const deviation = Math.sqrt(n * p * (1 - p));
    const borders = Array.from({ length: 39 }, (_, i) => (i - 19) / 6);
    const counts = new Array<number>(40).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const k = binomial(source, n, p);
      if (!Number.isSafeInteger(k)) throw new Error(`${k} is no count`);
      const score = (k + 0.5 - n * p) / deviation;
      const cell = borders.filter((border) => score >= border).length;
      counts[cell] = (counts[cell] as number) + 1;
    }
    const tails = [Number.NEGATIVE_INFINITY, ...borders, Number.POSITIVE_INFINITY].map(tailOf);
    const masses = counts.map((_, i) => (tails[i] as number) - (tails[i + 1] as number));
    expect(goodnessOfFit(counts, masses)).toBeGreaterThan(ALPHA);
  });

  it('is certain at the ends, and where nobody is', () => {
    const source = sources('ends');
    expect([0, -1e-17, 1, 1 + 1e-15].map((p) => binomial(source, 1e12, p))).toEqual([0, 0, 1e12, 1e12]);
    expect(binomial(source, 0, 0.5)).toBe(0);
  });

  it('does not underflow: the smallest chances of the largest numbers', () => {
    const source = sources('underflow');
    for (const p of [5e-324, 1e-300, 1e-20]) expect(binomial(source, 2 ** 53, p)).toBe(0);
    // 9 expected: the mass of none is there, though 1 - p is 1.
    const sum = Array.from({ length: 2000 }, () => binomial(source, 2 ** 53, 1e-15)).reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - 2000 * 2 ** 53 * 1e-15)).toBeLessThan(5.3 * Math.sqrt(2000 * 9));
  });

  it('ends, whatever is drawn: the largest uniform number is above all masses that rounding leaves', () => {
    for (const [n, p] of [
      [1e9, 9e-9],
      [40, 0.2],
      [12, 0.49],
    ] as const) {
      let words = 0;
      const source = sourceFrom(() => (words++ < 2 ? -1 : 0x1234567));
      // No more than is drawn but once in 1e9 times.
      expect(binomial(source, n, p)).toBeLessThanOrEqual(n === 12 ? 12 : 32);
    }
  });
});

/** P[normal >= score]. */
function tailOf(score: number): number {
  return score < 0 ? 1 - normalTail(-score) : normalTail(score);
}
