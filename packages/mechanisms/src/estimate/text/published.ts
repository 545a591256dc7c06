import { normalTail } from '../normal.js';
import { distinctColumns } from './columns.js';
import type { CandidateBits, CohortCounts } from './counts.js';
import { descend, startDescent } from './descent.js';
import { coefficientErrors, fitTogether } from './fit.js';
import { detectionThreshold } from './lists.js';
import { denoise, weigh } from './rows.js';

/** An entry per candidate, in their order. */
export interface PublishedDecoding {
  /** Zero, with infinite error, where the selection left a candidate out. */
  readonly value: Float64Array;
  readonly standardError: Float64Array;
  readonly pValue: Float64Array;
  readonly isDetected: Uint8Array;
}

/**
 * The recipe of Erlingsson, Pihur, Korolova 2014, section 4, to compare with results published elsewhere: a non-negative
 * fit selects, least squares refit what was selected, without an intercept, and a Bonferroni correction over all
 * candidates decides. The errors take no account of the selection, nor of missing candidates: `decodeTexts` does.
 */
export function decodePublished(counts: CohortCounts, candidates: CandidateBits): PublishedDecoding {
  const { columns, columnOf } = distinctColumns(counts, candidates);
  const values = denoise(counts);
  const rows = { ...weigh(counts, values, values, 1), totalWeight: Number.POSITIVE_INFINITY };
  const every = Int32Array.from({ length: columns.count }, (_, v) => v);
  const descent = startDescent(rows, columns);
  descend(descent, rows, columns, every);
  const fit = fitTogether(
    rows,
    columns,
    every.filter((v) => (descent.coefficients[v] as number) > 0),
  );

  const value = new Float64Array(columns.count);
  const standardError = new Float64Array(columns.count).fill(Number.POSITIVE_INFINITY);
  const errors = coefficientErrors(fit);
  fit.fitted.forEach((v, place) => {
    value[v] = fit.coefficients[place] as number;
    standardError[v] = errors[place] as number;
  });
  const each = (array: Float64Array) => Float64Array.from(columnOf, (v) => array[v] as number);
  const pValue = each(value.map((x, v) => normalTail(x / (standardError[v] as number))));
  const threshold = detectionThreshold(pValue, 'bonferroni');
  return {
    value: each(value),
    standardError: each(standardError),
    pValue,
    isDetected: Uint8Array.from(pValue, (p) => (p <= threshold ? 1 : 0)),
  };
}
