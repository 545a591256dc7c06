import { type IndexParams, type State, toNumber } from '@dither/mechanisms';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { sampleMultinomial } from './support/binomial-sampler.js';
import { type FreshMechanism, freshMechanism } from './support/catalogued.js';
import { chiSquareTail } from './support/chi-square.js';

/** False-alarm rate of each statistical test below, two-sided. */
const ALPHA = 1e-4;

const REPETITIONS = 100;

const SHARES = [0.3, 0.05, 0.1, 0, 0.15, 0.02, 0.18, 0.01, 0.04, 0, 0.1, 0.05];

/** Reports by their law, in a mechanism whose report is a number that is counted at that place. */
type Law = (value: number) => readonly number[];

function lawOf({ channel }: FreshMechanism, p: IndexParams): Law {
  const reports = [...channel.reports(p)];
  const laws = SHARES.map((_, value) => reports.map((report) => toNumber(channel.likelihood(p, value, report))));
  return (value) => laws[value] as readonly number[];
}

/**
 * Squared errors over the stated variance, of one random value of each repetition: close to the square of a standard normal
 * number, so that their sum is close to chi-square. The state of n clients is drawn from its exact law.
 */
function squaredErrors({ aggregator, id }: FreshMechanism, p: IndexParams, n: number, law: Law): number[] {
  const random = seedrandom(`${id}/${n}`);
  const variances = aggregator.variance(p, SHARES, n);
  return Array.from({ length: REPETITIONS }, () => {
    const state: State = aggregator.empty(p);
    state.n = n;
    SHARES.forEach((share, value) => {
      sampleMultinomial(random, Math.round(share * n), law(value)).forEach((count, i) => {
        state.counts[i] = (state.counts[i] as number) + count;
      });
    });
    const j = Math.floor(random() * SHARES.length);
    const error = (aggregator.estimate(p, state)[j]?.value as number) - (SHARES[j] as number);
    return error ** 2 / (variances[j] as number);
  });
}

/** Two-sided tail of a sum of squared standard normal numbers. */
function tailOf(squares: readonly number[]): number {
  const above = chiSquareTail(
    squares.reduce((sum, x) => sum + x, 0),
    squares.length,
  );
  return 2 * Math.min(above, 1 - above);
}

describe('n times the mean squared error is the stated variance', () => {
  for (const id of ['hadamard-response', 'recursive-hadamard']) {
    for (const epsilon of [0.5, 1, 2, 4]) {
      for (const n of [1e3, 1e5, 1e7]) {
        it(`and does not grow with n (${id}, epsilon ${epsilon}, ${n} clients)`, () => {
          const mechanism = freshMechanism(id);
          const p = mechanism.client.params({ epsilon, domainSize: SHARES.length });
          expect(tailOf(squaredErrors(mechanism, p, n, lawOf(mechanism, p)))).toBeGreaterThan(ALPHA);
        });
      }
    }
  }

  it('unless rows are drawn from some of all only, as in published code', () => {
    const mechanism = freshMechanism('recursive-hadamard');
    const p = mechanism.client.params({ epsilon: 1, domainSize: SHARES.length });
    const law = lawOf(mechanism, p);
    const half = law(0).length / 2;
    const broken: Law = (value) => law(value).map((chance, report) => (report < half ? 2 * chance : 0));
    // Values that differ in the missing rows alone are taken for one another, by however many clients.
    expect(tailOf(squaredErrors(mechanism, p, 1e5, broken))).toBeLessThan(1e-12);
  });
});
