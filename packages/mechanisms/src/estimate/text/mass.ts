import { solve } from './cholesky.js';
import { sumOver } from './columns.js';
import type { CandidateBits, CohortCounts } from './counts.js';
import { type Fit, inner, rowSum } from './fit.js';
import type { Rows } from './rows.js';

/** An estimated share and its standard error. */
export interface Mass {
  readonly value: number;
  readonly standardError: number;
}

/**
 * Every text sets some bits in its cohort, so the rows of a cohort add up to the share of its reports that have a text,
 * times the mean number of bits. Cohorts count by their reports, so what they hold adds up to what all hold.
 */
export function masses(
  counts: CohortCounts,
  rows: Rows,
  columns: CandidateBits,
  fit: Fit,
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
  // What each fitted column adds to the total per unit of its share: one, if texts set equally many bits everywhere.
  const perText = Float64Array.from(fit.fitted, (v) => sumOver(columns, v, parts));
  const fromTexts = inner(perText, fit.coefficients);
  const unexplained = total - fromTexts;
  const withText = unexplained + fit.coefficients.reduce((sum, x) => sum + x, 0);
  // A column without rows on its own changes no sum.
  const isKnown = fit.dependencies.every((places) => places.length === 1);
  return {
    withText: {
      value: withText,
      standardError: isKnown
        ? error(
            rows,
            fit,
            parts,
            perText.map((x) => x - 1),
          )
        : Number.POSITIVE_INFINITY,
    },
    unexplained: {
      value: unexplained,
      standardError: isKnown ? error(rows, fit, parts, perText) : Number.POSITIVE_INFINITY,
    },
  };
}

/**
 * Standard error of (sum of parts * values) - (sum of perText * coefficients). Both are linear in the rows; what missing
 * texts do to rows is error to the coefficients but not to the sum.
 */
function error(rows: Rows, fit: Fit, parts: Float64Array, perText: Float64Array): number {
  const pulls = solve(fit.factor, perText);
  const centre = inner(pulls, fit.columnWeights) / fit.rows.totalWeight;
  let variance = 0;
  rows.weights.forEach((weight, row) => {
    if (weight === 0) return;
    const own = fit.rows.weights[row] as number;
    const share = own * (rowSum(fit.byRow, row, pulls) - centre);
    variance += ((parts[row] as number) - share) ** 2 / weight + share * share * (fit.misfit ** 2 / own - 1 / weight);
  });
  return Math.sqrt(Math.max(0, variance));
}
