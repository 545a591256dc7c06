import { sumOver } from './columns.js';
import type { CandidateBits } from './counts.js';
import { DECODING } from './policy.js';
import type { Rows } from './rows.js';

/**
 * Non-negative weighted least squares with a free intercept, by coordinate descent on sparse columns. The intercept is
 * the mean of what the columns leave, so columns are as good as centred.
 */
export interface Descent {
  /** One per column. */
  readonly coefficients: Float64Array;
  /** Weight times residual, without the intercept. */
  readonly pulls: Float64Array;
  /** Less the intercept: its part of every residual. */
  shift: number;
  /** What columns are centred by; infinite without an intercept. */
  totalWeight: number;
  /** Total weight of each column. */
  readonly columnWeights: Float64Array;
  /** Squared length of each column: centred, unless there is no intercept. */
  lengths: Float64Array;
}

export function startDescent({ values, weights, totalWeight }: Rows, columns: CandidateBits): Descent {
  let sum = 0;
  const pulls = values.map((value, row) => {
    const pull = value * (weights[row] as number);
    sum += pull;
    return pull;
  });
  const columnWeights = Float64Array.from({ length: columns.count }, (_, v) => sumOver(columns, v, weights));
  return {
    coefficients: new Float64Array(columns.count),
    pulls,
    shift: totalWeight > 0 ? -sum / totalWeight : 0,
    totalWeight,
    columnWeights,
    lengths: columnWeights.map((weight) => (totalWeight > 0 ? weight - (weight * weight) / totalWeight : 0)),
  };
}

/** How strongly the residuals call for more of column v: its centred product with the weighted residuals. */
export function pullOn(descent: Descent, columns: CandidateBits, v: number): number {
  return sumOver(columns, v, descent.pulls) + descent.shift * (descent.columnWeights[v] as number);
}

/** Sum of weighted squared residuals. */
export function residualSquares({ pulls, shift }: Descent, { weights }: Rows): number {
  let sum = 0;
  pulls.forEach((pull, row) => {
    const weight = weights[row] as number;
    if (weight > 0) sum += (pull + shift * weight) ** 2 / weight;
  });
  return sum;
}

/**
 * Texts add to every row alike only what is not negative. Where the intercept has become so, it is zero in the best fit
 * that keeps this bound, and columns are taken as they are.
 */
export function keepInterceptAboveZero(descent: Descent): void {
  if (descent.shift <= 0) return;
  descent.shift = 0;
  descent.totalWeight = Number.POSITIVE_INFINITY;
  descent.lengths = descent.columnWeights;
}

/** Descends over the columns listed until settled. */
export function descend(
  descent: Descent,
  rows: Rows,
  columns: CandidateBits,
  listed: Int32Array,
  afterPass: (descent: Descent) => void = () => undefined,
): void {
  for (let round = 0; round < DECODING.rounds; round++) {
    const move = pass(descent, rows, columns, listed);
    afterPass(descent);
    if (move < DECODING.settled) return;
    const above = listed.filter((v) => (descent.coefficients[v] as number) > 0);
    for (let i = 0; i < DECODING.passes; i++) if (pass(descent, rows, columns, above) < DECODING.settled) break;
  }
}

/** Moves each coefficient to its best, the others fixed. @returns the largest move, in standard errors */
function pass(descent: Descent, { weights }: Rows, columns: CandidateBits, listed: Int32Array): number {
  const { coefficients, pulls, lengths, columnWeights } = descent;
  const { starts, rows } = columns;
  let largest = 0;
  for (const v of listed) {
    const length = lengths[v] as number;
    if (length <= DECODING.dependence * (columnWeights[v] as number)) continue;
    const before = coefficients[v] as number;
    const after = Math.max(0, before + pullOn(descent, columns, v) / length);
    const move = after - before;
    if (move === 0) continue;
    coefficients[v] = after;
    descent.shift += (move * (columnWeights[v] as number)) / descent.totalWeight;
    const end = starts[v + 1] as number;
    for (let i = starts[v] as number; i < end; i++) {
      const row = rows[i] as number;
      pulls[row] = (pulls[row] as number) - move * (weights[row] as number);
    }
    largest = Math.max(largest, Math.abs(move) * Math.sqrt(length));
  }
  return largest;
}
