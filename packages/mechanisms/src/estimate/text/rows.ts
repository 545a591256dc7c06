import type { CohortCounts } from './counts.js';

/**
 * Observations of least squares with a free intercept: a row for each bit of each cohort, whose value is the share of
 * the cohort's reports whose text sets the bit, without the randomizer's noise on average. Rows of empty cohorts, and all
 * where the reports say nothing, have weight zero.
 */
export interface Rows {
  readonly values: Float64Array;
  /** One over the variance of the value. */
  readonly weights: Float64Array;
  /** Their sum; infinite where there is no intercept to fit, for then nothing is centred. */
  readonly totalWeight: number;
  /** Rows that have a weight. */
  readonly present: number;
}

/** (c/N - unset) / (set - unset): Erlingsson, Pihur, Korolova 2014, section 4, as a share. */
export function denoise({ bits, reports, ones, set, unset }: CohortCounts): Float64Array {
  const isTelling = set !== unset;
  return ones.map((c, row) => {
    const n = reports[Math.floor(row / bits)] as number;
    return n > 0 && isTelling ? (c / n - unset) / (set - unset) : 0;
  });
}

/**
 * Weighs the rows.
 * @param shares - for each row the share of texts that set it, as a model has it: the row's own value would make
 *   weights that go with the noise
 */
export function weigh(counts: CohortCounts, values: Float64Array, shares: Float64Array, repeats: number): Rows {
  const { bits, reports, set, unset, permanentVariance } = counts;
  const weights = new Float64Array(values.length);
  let totalWeight = 0;
  let present = 0;
  for (let row = 0; row < values.length; row++) {
    const n = reports[Math.floor(row / bits)] as number;
    if (!(n > 0) || set === unset) continue;
    const share = Math.min(1, Math.max(0, shares[row] as number));
    // Half a report on either side, so that a bit that is never set has a variance.
    const pi = ((unset + (set - unset) * share) * n + 0.5) / (n + 1);
    const shared = permanentVariance === undefined ? 0 : (repeats - 1) * permanentVariance(share);
    const weight = (n * (set - unset) ** 2) / (pi * (1 - pi) + shared);
    weights[row] = weight;
    totalWeight += weight;
    present++;
  }
  return { values, weights, totalWeight, present };
}
