import { policy } from './policy.js';

/** Whether intervals hold the truth as often as promised. */
export interface CoverageTest {
  /** Independent intervals looked at, and how many of them held the truth. */
  readonly trials: number;
  readonly covered: number;
  /** What is promised of each. */
  readonly promised: number;
  /** Chance of this few or fewer if the promise is kept exactly; more often kept, the chance is smaller. */
  readonly probability: number;
  /** The test fails below this probability: its false-alarm rate. */
  readonly alpha: number;
  readonly isPassed: boolean;
}

/**
 * One-sided exact binomial test of "each interval holds the truth with probability at least `promised`".
 *
 * Cells of one metric share their reports and are not independent. So one cell per metric and repetition is tested,
 * picked at random without a look at the reports.
 */
export function coverageTest(
  covered: number,
  trials: number,
  { promised, alpha }: { readonly promised: number; readonly alpha: number } = policy.coverage,
): CoverageTest {
  const probability = binomialAtMost(covered, trials, promised);
  return { trials, covered, promised, probability, alpha, isPassed: probability >= alpha };
}

/** P[X <= count], X ~ Bin(n, p), 0 < p < 1; logarithms, because the first terms of a long law vanish. */
export function binomialAtMost(count: number, n: number, p: number): number {
  if (count >= n) return 1;
  let logMass = n * Math.log1p(-p);
  let sum = Math.exp(logMass);
  for (let k = 1; k <= count; k++) {
    logMass += Math.log(((n - k + 1) * p) / (k * (1 - p)));
    sum += Math.exp(logMass);
  }
  return Math.min(1, sum);
}
