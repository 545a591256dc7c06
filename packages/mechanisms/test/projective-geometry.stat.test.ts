import { aggregator, client, params } from '@dither/mechanisms/projective-geometry';
import { describe, expect, it } from 'vitest';
import { chiSquareTail } from './support/chi-square.js';
import { seededSource } from './support/seeded.js';

/** False-alarm rate of each test, two-sided. */
const ALPHA = 1e-4;

const REPETITIONS = 200;

/** n clients, a quarter of whom hold value 0; the others hold the rest in turn. From wire bytes to estimates. */
function squaredErrors(epsilon: number, domainSize: number, n: number): number[] {
  const p = params({ epsilon, domainSize });
  const source = seededSource(`projective-geometry/mse/${epsilon}/${domainSize}`);
  const values = Array.from({ length: n }, (_, i) => (i % 4 === 0 ? 0 : 1 + (i % (domainSize - 1))));
  const shares = new Float64Array(domainSize);
  for (const value of values) shares[value] = (shares[value] as number) + 1 / n;
  const variances = aggregator.variance(p, shares, n);
  const bytes = new Uint8Array(n * p.reportBytes);
  return Array.from({ length: REPETITIONS }, (_, repetition) => {
    values.forEach((value, i) => {
      client.encode(p, client.randomize(p, value, source), bytes, i * p.reportBytes);
    });
    const state = aggregator.empty(p);
    aggregator.accumulateAll(p, state, bytes);
    // One cell of each repetition, so that the errors are independent; every other time the head.
    const cell = repetition % 2 === 0 ? 0 : (37 * repetition) % domainSize;
    const error = (aggregator.estimate(p, state)[cell]?.value as number) - (shares[cell] as number);
    return error ** 2 / (variances[cell] as number);
  });
}

describe('the error of projective geometry response, from the client to the estimate', () => {
  for (const [epsilon, domainSize] of [
    [0.5, 16],
    [1, 128],
    [2, 1024],
    [4, 300],
  ] as const) {
    it(`has the stated variance for ${domainSize} values at epsilon ${epsilon}`, () => {
      // Squares of close to standard normal numbers.
      const total = squaredErrors(epsilon, domainSize, 2000).reduce((sum, square) => sum + square, 0);
      const tail = chiSquareTail(total, REPETITIONS);
      expect(Math.min(tail, 1 - tail)).toBeGreaterThan(ALPHA / 2);
      // Twice or half the variance would be seen.
      expect(chiSquareTail(2 * total, REPETITIONS)).toBeLessThan(ALPHA / 2);
      expect(1 - chiSquareTail(total / 2, REPETITIONS)).toBeLessThan(ALPHA / 2);
    });
  }
});
