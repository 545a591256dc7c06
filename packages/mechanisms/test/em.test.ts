import { toNumber } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { type FitOptions, fitShares } from '../src/estimate/distribution/em.js';
import { outputLaw } from '../src/estimate/distribution/square-wave-channel.js';
import { channel as exact } from '../src/mechanisms/square-wave.js';
import { seededSource } from './support/seeded.js';
import { drawState, holdersOf, shapes, type Wave, waveOf } from './support/wave-world.js';

/** P[output | value], row by value, from the exact channel. */
function matrixOf({ params }: Wave): number[][] {
  return Array.from({ length: params.domainSize }, (_, value) =>
    Array.from({ length: params.outputs }, (_, output) => toNumber(exact.likelihood(params, value, output))),
  );
}

function lawOf(matrix: readonly number[][], shares: readonly number[]): number[] {
  return (matrix[0] as number[]).map((_, j) =>
    matrix.reduce((sum, row, i) => sum + (row[j] as number) * (shares[i] as number), 0),
  );
}

/** Steps of EM by the definition; then (1/4, 1/2, 1/4) over the cells, reflected, if `isSmoothed`. */
function denseSteps(wave: Wave, counts: ArrayLike<number>, steps: number, isSmoothed: boolean): number[] {
  const matrix = matrixOf(wave);
  const { cells } = wave.channel;
  const n = Array.from(counts).reduce((sum, count) => sum + count, 0);
  let shares = matrix.map(() => 1 / matrix.length);
  for (let step = 0; step < steps; step++) {
    const law = lawOf(matrix, shares);
    shares = shares.map(
      (share, i) =>
        share *
        law.reduce((sum, chance, j) => sum + ((counts[j] as number) / n) * ((matrix[i]?.[j] as number) / chance), 0),
    );
    if (!isSmoothed) continue;
    const raw = shares;
    const at = (i: number) => raw[Math.min(cells - 1, Math.max(0, i))] as number;
    shares = raw.map((share, i) => (i === cells ? share : at(i) / 2 + (at(i - 1) + at(i + 1)) / 4));
  }
  return shares;
}

function greatestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - (b[i] as number))));
}

const settings = [1, 2, 3, 17, 100].flatMap((cells) => [0.5, 1, 4].map((epsilon) => ({ cells, epsilon })));

describe('the banded step', () => {
  it('has the output law of the exact channel', () => {
    for (const { cells, epsilon } of settings) {
      const wave = waveOf(epsilon, cells);
      const shares = [...shapes.waits(cells).map((share) => 0.8 * share), 0.2];
      expect(greatestGap(outputLaw(wave.channel, shares), lawOf(matrixOf(wave), shares))).toBeLessThan(1e-15);
    }
  });

  it.each([false, true])('equals the dense one, smoothed %s', (isSmoothed) => {
    for (const { cells, epsilon } of settings) {
      const wave = waveOf(epsilon, cells);
      const { counts } = drawState(wave, holdersOf(shapes.humps(cells), 0.8, 10_000), seededSource(`em/${cells}`));
      const options: FitOptions = { smoothing: isSmoothed ? 0.5 : 0, tolerance: 0, maxSteps: 20 };
      const banded = fitShares(wave.channel, counts, options);
      // Without tolerance all steps are made, unless a fixed point is reached to the last bit.
      expect(greatestGap(banded.shares, denseSteps(wave, counts, banded.steps, isSmoothed))).toBeLessThan(1e-12);
    }
  });
});

describe('the fit', () => {
  const wave = waveOf(1, 40);
  const truth = [...shapes.humps(40).map((share) => 0.7 * share), 0.3];
  const expected = outputLaw(wave.channel, truth).map((chance) => 1e6 * chance);
  const likelihood = (shares: ArrayLike<number>) =>
    outputLaw(wave.channel, shares).reduce((sum, chance, j) => sum + (expected[j] as number) * Math.log(chance), 0);

  it('is a distribution whatever the smoothing', () => {
    for (const smoothing of [0, 0.01, 0.5, 3, 40, 2000]) {
      const { shares } = fitShares(wave.channel, expected, { smoothing, tolerance: 1e-3, maxSteps: 500 });
      expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-12);
      expect(shares.every((share) => share >= 0)).toBe(true);
    }
  });

  it('never lowers the likelihood without smoothing, and tends to the truth on its expected counts', () => {
    const fits = [1, 2, 3, 10, 100, 1000, 20_000].map(
      (maxSteps) => fitShares(wave.channel, expected, { smoothing: 0, tolerance: 0, maxSteps }).shares,
    );
    const likelihoods = fits.map(likelihood);
    expect(likelihoods).toEqual([...likelihoods].sort((a, b) => a - b));
    const gaps = fits.map((shares) => greatestGap(shares, truth));
    expect(gaps.at(-1)).toBeLessThan((gaps[0] as number) / 10);
  });

  it('spreads a flat shape no further: it is a fixed point, with "no event" apart', () => {
    const flat = [...shapes.flat(40).map((share) => 0.7 * share), 0.3];
    const counts = outputLaw(wave.channel, flat).map((chance) => 1e6 * chance);
    const { shares } = fitShares(wave.channel, counts, { smoothing: 0.5, tolerance: 1e-9, maxSteps: 5000 });
    expect(greatestGap(shares, flat)).toBeLessThan(1e-4);
  });

  it('stops at the steps it is given, and sooner when nothing changes', () => {
    expect(fitShares(wave.channel, expected, { smoothing: 0, tolerance: 0, maxSteps: 7 }).steps).toBe(7);
    expect(fitShares(wave.channel, expected, { smoothing: 0.1, tolerance: 10, maxSteps: 5000 }).steps).toBeLessThan(
      1000,
    );
  });
});
