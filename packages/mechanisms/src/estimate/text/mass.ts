import type { ColumnEstimates } from './column-estimates.js';
import { sumOver } from './columns.js';
import type { CandidateBits, CohortCounts } from './counts.js';
import { type Fit, inner } from './fit.js';
import { influence } from './influence.js';
import { lightSum } from './light-sum.js';
import type { Rows } from './rows.js';

/** An estimated share and its standard error. */
export interface Mass {
  readonly value: number;
  readonly standardError: number;
}

/**
 * Every text sets some bits in its cohort, so the rows of a cohort add up to the share of its reports that have a text,
 * times the mean number of bits. Cohorts count by their reports, so what they hold adds up to what all hold. What the sum
 * of all candidates' estimates, in the fit and outside, leaves of it is unexplained.
 *
 * @param estimates - of every column
 */
export function masses(
  counts: CohortCounts,
  rows: Rows,
  columns: CandidateBits,
  fit: Fit,
  estimates: ColumnEstimates,
  meanBits: number,
): { readonly withText: Mass; readonly unexplained: Mass } {
  const { bits, reports } = counts;
  const n = reports.reduce((sum, x) => sum + x, 0);
  if (!(n > 0 && meanBits > 0 && rows.totalWeight > 0)) {
    const unknown = { value: 0, standardError: Number.POSITIVE_INFINITY };
    return { withText: unknown, unexplained: unknown };
  }
  const parts = rows.values.map((_, row) => (reports[Math.floor(row / bits)] as number) / (n * meanBits));
  const total = inner(parts, rows.values);
  // What a column adds to the total per unit of its share: one, if texts set equally many bits everywhere.
  const perTextOf = (v: number): number => sumOver(columns, v, parts);
  const perText = Float64Array.from(fit.fitted, perTextOf);
  const left = total - inner(perText, fit.coefficients);
  const withText = left + fit.coefficients.reduce((sum, x) => sum + x, 0);
  const light = lightSum(columns, fit, estimates, perTextOf);
  const perPull = light?.perPull ?? new Float64Array(parts.length);
  const beyond = perText.map((x) => x - 1);
  // A column without rows on its own changes no sum.
  const isKnown = fit.dependencies.every((places) => places.length === 1);
  return {
    withText: {
      value: withText,
      standardError: isKnown ? Math.sqrt(variance(rows, fit, parts, beyond)) : Number.POSITIVE_INFINITY,
    },
    unexplained: {
      value: left - inner(perPull, fit.pulls),
      standardError:
        isKnown && light !== undefined
          ? Math.sqrt(variance(rows, fit, parts, perText, perPull) + light.meetings * left * left)
          : Number.POSITIVE_INFINITY,
    },
  };
}

/**
 * Variance of (sum of parts * values) - (sum of perText * coefficients) - (sum of perPull * pulls). All are linear in the
 * rows; what missing texts do to rows is error to the fit but not to the first sum.
 */
function variance(
  rows: Rows,
  fit: Fit,
  parts: Float64Array,
  perText: Float64Array,
  perPull: Float64Array = new Float64Array(parts.length),
): number {
  const shares = influence(fit, perText, perPull);
  let sum = 0;
  rows.weights.forEach((weight, row) => {
    if (weight === 0) return;
    const own = fit.rows.weights[row] as number;
    const share = shares[row] as number;
    sum += ((parts[row] as number) - share) ** 2 / weight + share * share * (fit.misfit ** 2 / own - 1 / weight);
  });
  return Math.max(0, sum);
}
