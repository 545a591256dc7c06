import { likelihoodRows, logLikelihood, matrixChannel, updateShares } from '@dither/mechanisms';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import * as grr from '../src/mechanisms/grr.js';
import { sampleMultinomial } from './support/binomial-sampler.js';

function setting(epsilon: number, domainSize: number) {
  const params = grr.params({ epsilon, domainSize });
  return { params, channel: matrixChannel(likelihoodRows(grr.channel, params)) };
}

function greatestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - (b[i] as number))));
}

const TRUTH = [0.35, 0.25, 0.2, 0.12, 0.08];

describe('iterative Bayesian update', () => {
  const { params, channel } = setting(1, 5);
  const exact = channel.law(TRUTH).map((chance) => 1e6 * chance);

  it('has the truth as its fixed point: counts in proportion to its law lead there', () => {
    const { shares, steps } = updateShares(channel, exact, { tolerance: 1e-12 });
    expect(greatestGap(shares, TRUTH)).toBeLessThan(1e-6);
    expect(steps).toBeLessThan(10_000);
    const law = channel.law(TRUTH);
    const factors = channel.expectations(law.map((chance, j) => (exact[j] as number) / (1e6 * chance)));
    for (const factor of factors) expect(factor).toBeCloseTo(1, 12);
  });

  it('never lowers the likelihood', () => {
    const counts = [400, 310, 5, 160, 125];
    const likelihoods = Array.from({ length: 60 }, (_, maxSteps) =>
      logLikelihood(counts, channel.law(updateShares(channel, counts, { tolerance: 0, maxSteps }).shares)),
    );
    likelihoods.slice(1).forEach((likelihood, i) => {
      expect(likelihood).toBeGreaterThanOrEqual((likelihoods[i] as number) - 1e-9);
    });
    expect(likelihoods.at(-1)).toBeGreaterThan((likelihoods[0] as number) + 1);
  });

  it('is the unbiased estimate of GRR where that lies within the simplex', () => {
    const state = grr.aggregator.empty(params);
    state.n = 1000;
    state.counts.set([270, 210, 200, 170, 150]);
    const raw = grr.aggregator.estimate(params, state).map(({ value }) => value);
    expect(Math.min(...raw)).toBeGreaterThan(0);
    const { shares } = updateShares(channel, state.counts, { tolerance: 1e-12, maxSteps: 100_000 });
    expect(greatestGap(shares, raw)).toBeLessThan(1e-6);
  });

  it('gives shares where the unbiased estimate leaves the simplex, and the border only there', () => {
    const { shares } = updateShares(channel, [400, 310, 5, 160, 125], { tolerance: 1e-9, maxSteps: 100_000 });
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(shares.every((share) => share >= 0)).toBe(true);
    expect(shares[2]).toBeLessThan(1e-6);
    expect(shares[4]).toBe(Math.min(...[...shares].filter((_, value) => value !== 2)));
  });

  it('knows nothing from no reports, and stops where it is told to', () => {
    expect([...updateShares(channel, new Float64Array(5)).shares]).toEqual(new Array(5).fill(1 / 5));
    expect(updateShares(channel, exact, { tolerance: 0, maxSteps: 7 }).steps).toBe(7);
  });

  it('has a lower squared error than the unbiased estimate on a small dense domain', () => {
    const uniform = seedrandom('dense');
    const wide = setting(0.5, 16);
    const truth = Array.from({ length: 16 }, (_, value) => (20 - value) / 200);
    const law = wide.channel.law(truth);
    let [raw, updated] = [0, 0];
    for (let repetition = 0; repetition < 40; repetition++) {
      const state = grr.aggregator.empty(wide.params);
      state.n = 2000;
      state.counts.set(sampleMultinomial(uniform, state.n, law));
      const { shares } = updateShares(wide.channel, state.counts);
      grr.aggregator.estimate(wide.params, state).forEach(({ value }, v) => {
        raw += (value - (truth[v] as number)) ** 2;
        updated += ((shares[v] as number) - (truth[v] as number)) ** 2;
      });
    }
    // Both are sums of 640 squares; a ratio of two would take a mishap of far more than six standard deviations to miss.
    expect(raw / updated).toBeGreaterThan(2);
  });
});

describe('a channel of likelihood rows', () => {
  it('gives the law of the outputs and the expectation of a score', () => {
    const channel = matrixChannel([
      [0.5, 0.25, 0.25],
      [0, 0.5, 0.5],
    ]);
    expect([channel.values, channel.outputs]).toEqual([2, 3]);
    expect([...channel.law([0.5, 0.5])]).toEqual([0.25, 0.375, 0.375]);
    expect([...channel.expectations([4, 2, 0])]).toEqual([2.5, 1]);
  });

  it('has one row for each value, each summing to one', () => {
    const rows = likelihoodRows(grr.channel, grr.params({ epsilon: 2, domainSize: 7 }));
    expect(rows.map((row) => row.length)).toEqual(new Array(7).fill(7));
    for (const row of rows) expect(row.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 14);
  });
});
