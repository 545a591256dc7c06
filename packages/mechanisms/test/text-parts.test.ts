import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { normalQuantile, normalTail } from '../src/estimate/normal.js';
import { combination, factorize, inverseDiagonal, solve } from '../src/estimate/text/cholesky.js';
import { bitNumbers, distinctColumns } from '../src/estimate/text/columns.js';
import { detectionThreshold, listsOf } from '../src/estimate/text/lists.js';
import { nullLaw } from '../src/estimate/text/null-law.js';
import { type Channel, drawTexts } from './support/text-world.js';

describe('the normal tail', () => {
  it.each([
    [0, 0.5],
    [1.959963984540054, 0.025],
    [-1.959963984540054, 0.975],
    [3, 0.0013498980316300946],
    [5, 2.866515718791939e-7],
    [10, 7.61985302416052e-24],
  ])('is exact at %d', (z, tail) => {
    expect(normalTail(z) / tail).toBeCloseTo(1, 9);
  });

  it('inverts the quantile', () => {
    for (const p of [1e-6, 1e-3, 0.2, 0.7, 0.999]) expect(normalTail(-normalQuantile(p)) / p).toBeCloseTo(1, 9);
  });
});

describe('the factor of a matrix', () => {
  const random = seedrandom('matrix');
  const size = 6;
  const vectors = Array.from({ length: size }, () => Array.from({ length: 9 }, () => random() - 0.5));
  // The last is a combination of the first two.
  vectors[5] = (vectors[0] as number[]).map((x, i) => 2 * x - ((vectors[1] as number[])[i] as number));
  const matrix = Float64Array.from(
    vectors.flatMap((a) => vectors.map((b) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0))),
  );
  const factor = factorize(matrix, size);

  it('leaves a combination out and says what it is made of', () => {
    expect(factor.pivots.length).toBe(5);
    const [row] = factor.dependent;
    const shares = combination(factor, row as number);
    for (let i = 0; i < 9; i++) {
      const sum = shares.reduce((total, share, v) => total + share * ((vectors[v] as number[])[i] as number), 0);
      expect(sum).toBeCloseTo((vectors[row as number] as number[])[i] as number, 9);
    }
  });

  it('solves on the rest', () => {
    const b = Float64Array.from({ length: size }, () => random());
    const x = solve(factor, b);
    for (const row of factor.pivots) {
      const sum = x.reduce((total, value, v) => total + value * (matrix[row * size + v] as number), 0);
      expect(sum).toBeCloseTo(b[row] as number, 9);
    }
    expect(x[factor.dependent[0] as number]).toBe(0);
  });

  it('has the diagonal of the inverse', () => {
    const diagonal = inverseDiagonal(factor);
    for (const row of factor.pivots) {
      const unit = new Float64Array(size);
      unit[row] = 1;
      expect(diagonal[row]).toBeCloseTo(solve(factor, unit)[row] as number, 9);
    }
    expect(diagonal[factor.dependent[0] as number]).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the bits a text sets in a cohort', () => {
  it('are counted, those of texts whose hashes meet too', () => {
    const channel: Channel = { cohorts: 400, bits: 8, hashes: 2, mayMeet: true, set: 0.75, unset: 0.25 };
    const counts = { ...channel, reports: new Float64Array(400).fill(1), ones: new Float64Array(3200) };
    const { columns } = distinctColumns(counts, drawTexts(seedrandom('bits'), channel, 50));
    const [none, one, two] = bitNumbers(counts, columns);
    expect(none).toBe(0);
    // A binomial share of 20,000: six standard errors.
    expect(Math.abs((one as number) - 1 / 8)).toBeLessThan(6 * Math.sqrt(7 / 64 / 20_000));
    expect((one as number) + (two as number)).toBeCloseTo(1, 12);
  });
});

describe('the law of a false text', () => {
  /** Residuals of which two in each cohort stand out: a heavy text is missing. */
  const random = seedrandom('pulls');
  const [cohorts, bits] = [40, 64];
  const raw = Float64Array.from({ length: cohorts * bits }, (_, row) => (row % bits < 2 ? 1 : 0) + 0.2 * random());
  const mean = raw.reduce((sum, x) => sum + x, 0) / raw.length;
  const pulls = raw.map((x) => x - mean);
  const law = nullLaw(pulls, bits, Float64Array.of(0, 0, 1));

  /** Scores of random columns with two bits in each cohort, over their standard deviation. */
  function drawScores(count: number): Float64Array {
    const scores = Float64Array.from({ length: count }, () => {
      let score = 0;
      for (let start = 0; start < pulls.length; start += bits) {
        const first = Math.floor(random() * bits);
        const second = (first + 1 + Math.floor(random() * (bits - 1))) % bits;
        score += (pulls[start + first] as number) + (pulls[start + second] as number);
      }
      return score;
    });
    const deviation = Math.sqrt(scores.reduce((sum, x) => sum + x * x, 0) / count);
    return scores.map((x) => x / deviation);
  }

  it('has the tails of random columns, where a normal law has not', () => {
    const scores = drawScores(200_000);
    for (const level of [1e-2, 1e-3, 1e-4]) {
      const below = (tailOf: (z: number) => number) => scores.filter((z) => tailOf(z) < level).length / scores.length;
      // Five standard errors of the count of draws, and a tenth for what the formula leaves out.
      const slack = 0.1 * level + 5 * Math.sqrt(level / scores.length);
      expect(Math.abs(below((z) => normalTail(law.normalOf(z))) - level)).toBeLessThan(slack);
      expect(below(normalTail) - level).toBeGreaterThan(slack);
    }
  });

  it('is normal where nothing is left to go by', () => {
    expect(nullLaw(new Float64Array(16), 8, Float64Array.of(0, 1)).normalOf(2)).toBe(2);
  });
});

describe('the two lists', () => {
  const nulls = Array.from({ length: 50 }, (_, i) => (i + 0.5) / 50);

  it('take every candidate for false under a plain correction', () => {
    expect(detectionThreshold(Float64Array.from(nulls), 'bonferroni')).toBeCloseTo(0.001, 15);
  });

  it('count the false ones otherwise', () => {
    const pValues = Float64Array.from([...nulls, ...new Array<number>(50).fill(1e-12)]);
    // Fifteen above .7, and one more.
    expect(detectionThreshold(pValues, 'adaptive')).toBeCloseTo((0.05 * 0.3) / 16, 15);
    expect(detectionThreshold(Float64Array.from(nulls), 'adaptive')).toBeCloseTo(0.001, 15);
  });

  it('hold nothing when nothing is told', () => {
    const { detected, listed } = listsOf(new Float64Array(10).fill(1), 'adaptive');
    expect([...detected, ...listed]).toEqual(new Array(20).fill(0));
    expect(listsOf(new Float64Array(0), 'adaptive').detected.length).toBe(0);
  });

  it('step up in the longer list', () => {
    const { detected, listed } = listsOf(Float64Array.of(0.001, 0.012, 0.03, 0.04, 0.9), 'bonferroni');
    expect([...detected]).toEqual([1, 0, 0, 0, 0]);
    expect([...listed]).toEqual([1, 1, 1, 1, 0]);
  });
});
