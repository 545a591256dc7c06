import { sumOver } from './columns.js';
import type { CandidateBits } from './counts.js';
import { coefficientErrors, type Fit, remainder } from './fit.js';

/** A column's estimate and its standard error, before misfit: 0 and infinite where it cannot be known. */
export interface ColumnEstimates {
  readonly values: Float64Array;
  readonly errors: Float64Array;
}

/** Columns outside the fit are each estimated as if they were added to it. */
export function estimateColumns(columns: CandidateBits, fit: Fit): ColumnEstimates {
  const values = new Float64Array(columns.count);
  const errors = new Float64Array(columns.count).fill(Number.POSITIVE_INFINITY);
  for (const v of outside(columns, fit)) {
    const left = remainder(fit, columns, v);
    if (left === 0) continue;
    values[v] = sumOver(columns, v, fit.pulls) / left;
    errors[v] = 1 / Math.sqrt(left);
  }
  const ofFitted = coefficientErrors(fit);
  fit.fitted.forEach((v, place) => {
    values[v] = fit.coefficients[place] as number;
    errors[v] = ofFitted[place] as number;
  });
  return { values, errors };
}

/** The columns that are not fitted together, ascending. */
export function outside({ count }: CandidateBits, { fitted }: Fit): Int32Array {
  const isFitted = new Uint8Array(count);
  for (const v of fitted) isFitted[v] = 1;
  return Int32Array.from({ length: count }, (_, v) => v).filter((v) => isFitted[v] === 0);
}
