import { normalQuantile } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** P[N <= z] by Simpson's rule: another road than the package's. */
function cumulative(z: number): number {
  const steps = 2000;
  const h = Math.abs(z) / steps;
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(z);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density(i * h);
  return 0.5 + (Math.sign(z) * (h * sum)) / 3;
}

describe('normalQuantile', () => {
  it('agrees with tables to twelve digits', () => {
    // Abramowitz and Stegun, table 26.5 and its extensions.
    const known: readonly (readonly [number, number])[] = [
      [0.5, 0],
      [0.75, 0.674489750196082],
      [0.9, 1.281551565544601],
      [0.95, 1.644853626951473],
      [0.975, 1.95996398454005],
      [0.99, 2.326347874040841],
      [0.995, 2.575829303548901],
      [0.999, 3.090232306167813],
      [0.9999, 3.719016485455681],
      [1e-6, -4.753424308822899],
      [1e-9, -5.997807015007687],
    ];
    for (const [probability, z] of known) expect(normalQuantile(probability)).toBeCloseTo(z, 12);
  });

  it('inverts the cumulative distribution', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true }), (probability) => {
        expect(cumulative(normalQuantile(probability))).toBeCloseTo(probability, 12);
      }),
    );
  });

  it('is odd about one half, and rises', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 20 - 1 }), (i) => {
        const probability = i / 2 ** 20;
        expect(normalQuantile(probability)).toBeCloseTo(-normalQuantile(1 - probability), 10);
        expect(normalQuantile((i + 1) / (2 ** 20 + 1))).toBeGreaterThan(normalQuantile(i / (2 ** 20 + 1)));
      }),
    );
  });
});
