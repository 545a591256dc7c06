import { describe, expect, it } from 'vitest';
import { goodnessOfFit } from '../../mechanisms/test/support/chi-square.js';
import { multinomial, scatter, spread } from '../src/random/multinomial.js';
import { seededSources } from '../src/seeded.js';

const sources = seededSources('multinomial');

/** False-alarm rate of each test of fit, over seeds; 5.3 standard deviations are as rare. */
const ALPHA = 1e-6;
const OFF = 5.3;

const sum = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((a, b) => a + b, 0);

describe('a multinomial draw', () => {
  it.each([1, 1000, 1e12])('of %f has whole counts with that sum, in proportion to any positive numbers', (n) => {
    const counts = multinomial(sources(`sum/${n}`), n, [3, 0, 1e-9, 5, 0]);
    expect(sum(counts)).toBe(n);
    expect(counts.every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true);
    expect([counts[1], counts[4]]).toEqual([0, 0]);
  });

  it('has the law of all cells together', () => {
    const source = sources('joint');
    const shares = [0.5, 0.3, 0.2];
    const found = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const key = multinomial(source, 4, shares).join();
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    const factorial = [1, 1, 2, 6, 24];
    const keys: string[] = [];
    const masses: number[] = [];
    for (let a = 0; a <= 4; a++) {
      for (let b = 0; a + b <= 4; b++) {
        const counts = [a, b, 4 - a - b];
        keys.push(counts.join());
        masses.push(
          counts.reduce((mass, count, i) => (mass * (shares[i] as number) ** count) / (factorial[count] as number), 24),
        );
      }
    }
    expect(sum(masses)).toBeCloseTo(1, 12);
    const counts = keys.map((key) => found.get(key) ?? 0);
    expect(goodnessOfFit(counts, masses)).toBeGreaterThan(ALPHA);
  });

  it('knows cells that are 1e15 times rarer than the first', () => {
    const source = sources('rare');
    let [fourth, fifth] = [0, 0];
    for (let i = 0; i < 2000; i++) {
      const counts = multinomial(source, 2 ** 52, [0.7, 0.2, 0.1, 1e-15, 3e-16]);
      fourth += counts[3] as number;
      fifth += counts[4] as number;
    }
    const expected = [2000 * 2 ** 52 * 1e-15, 2000 * 2 ** 52 * 3e-16];
    [fourth, fifth].forEach((count, i) => {
      expect(Math.abs(count - (expected[i] as number))).toBeLessThan(OFF * Math.sqrt(expected[i] as number));
    });
  });
});

describe.each([
  ['scatter', scatter],
  [
    'spread',
    ((source, n, counts, at, cells) => {
      spread(source, n, cells, (cell, count) => {
        counts[at + cell] = (counts[at + cell] as number) + count;
      });
    }) satisfies typeof scatter,
  ],
] as const)('what falls evenly, by %s,', (name, fall) => {
  it.each([
    [0, 5],
    [7, 1],
    [1000, 3],
    [30, 7],
    [100_000, 7],
    [3000, 1000],
    [1e6, 1000],
  ])('%f on %f cells, is as likely in each', (n, cells) => {
    const counts = new Float64Array(cells + 2);
    fall(sources(`${name}/${n}/${cells}`), n, counts, 1, cells);
    expect([counts[0], counts.at(-1), sum(counts)]).toEqual([0, 0, n]);
    const own = Array.from(counts.subarray(1, -1));
    if (n > 0) expect(goodnessOfFit(own, new Array<number>(cells).fill(1 / cells))).toBeGreaterThan(ALPHA);
  });

  it.each([12, 200])('scatters in each cell as a binomial does: %i on 3', (n) => {
    const source = sources(`${name}/variance/${n}`);
    const draws = 4000;
    let [square, product] = [0, 0];
    for (let i = 0; i < draws; i++) {
      const counts = new Float64Array(3);
      fall(source, n, counts, 0, 3);
      const [a, , c] = [...counts].map((count) => count - n / 3) as [number, number, number];
      square += a * a;
      product += a * c;
    }
    const variance = (n * 2) / 9;
    // The covariance of two cells is -n/9; both means of squares scatter by less than 1.5 variances a draw.
    const scatterOf = (1.5 * variance) / Math.sqrt(draws);
    expect(Math.abs(square / draws - variance)).toBeLessThan(OFF * scatterOf);
    expect(Math.abs(product / draws + n / 9)).toBeLessThan(OFF * scatterOf);
  });
});
