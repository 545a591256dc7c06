import type { Estimate } from '../../mechanism.js';
import { normalQuantile, normalTail } from '../normal.js';
import { estimateColumns } from './column-estimates.js';
import { bitNumbers, type DistinctColumns, distinctColumns } from './columns.js';
import type { CandidateBits, CohortCounts } from './counts.js';
import { descend, keepInterceptAboveZero, startDescent } from './descent.js';
import type { Fit } from './fit.js';
import { fitCounts } from './fit-counts.js';
import { type Correction, listsOf } from './lists.js';
import { type Mass, masses } from './mass.js';
import { nullLaw } from './null-law.js';
import type { Rows } from './rows.js';

export interface DecodingOptions {
  /** Of each interval on its own, in (0, 1); .95 unless told. */
  readonly confidence?: number;
  /** The most reports that one client has among the counts; 1 unless told. */
  readonly repeats?: number;
  /** What the two lists allow for: the estimated number of false candidates (unless told), or all candidates. */
  readonly correction?: Correction;
}

/** What the counts say of each candidate: arrays with an entry for each, in their order. */
export interface TextDecoding {
  readonly n: number;
  /** Share of the reports; see `TextEstimate`. Never NaN: where nothing is known, 0 with infinite error. */
  readonly value: Float64Array;
  readonly standardError: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly pValue: Float64Array;
  readonly drawn: Float64Array;
  /** 1 or 0. Of candidates that cannot be told apart, it says that one at least is held. */
  readonly isDetected: Uint8Array;
  readonly isListed: Uint8Array;
  /** Candidates that cannot be told apart, two or more in each group, ascending; groups share none. */
  readonly confused: readonly (readonly number[])[];
  readonly withText: Estimate;
  readonly unexplained: Estimate;
  readonly misfit: number;
}

/**
 * Which candidates the counts speak for, and how many hold each: `docs/decoding-texts.md`. A function of its arguments
 * alone: nothing is drawn.
 */
export function decodeTexts(
  counts: CohortCounts,
  candidates: CandidateBits,
  options: DecodingOptions = {},
): TextDecoding {
  const { confidence = 0.95, repeats = 1, correction = 'adaptive' } = options;
  const n = counts.reports.reduce((sum, x) => sum + x, 0);
  const distinct = distinctColumns(counts, candidates);
  const { columns } = distinct;
  const numbers = bitNumbers(counts, columns);
  const { rows, fit, misfit } = fitCounts(counts, columns, repeats);
  const estimates = estimateColumns(columns, fit);

  const law = nullLaw(fit.pulls, counts.bits, numbers);
  const pValues = estimates.values.map((value, v) => {
    const error = (estimates.errors[v] as number) * fit.misfit;
    return Number.isFinite(error) ? normalTail(law.normalOf(value / error)) : 1;
  });
  const lists = listsOf(pValues, correction);

  const z = normalQuantile(0.5 + confidence / 2);
  const spread = (array: ArrayLike<number>) => Float64Array.from(distinct.columnOf, (v) => array[v] as number);
  const value = spread(estimates.values);
  const standardError = spread(estimates.errors.map((error) => error * fit.misfit));
  const ends = (sign: number, unknown: number) =>
    value.map((x, i) => {
      const error = standardError[i] as number;
      return Number.isFinite(error) ? x + sign * z * error : unknown;
    });
  const meanBits = numbers.reduce((sum, share, d) => sum + share * d, 0);
  const { withText, unexplained } = masses(counts, rows, columns, fit, estimates, meanBits);
  return {
    n,
    value,
    standardError,
    low: ends(-1, 0),
    high: ends(1, 1),
    pValue: spread(pValues),
    drawn: draw(rows, distinct),
    isDetected: Uint8Array.from(distinct.columnOf, (v) => lists.detected[v] as number),
    isListed: Uint8Array.from(distinct.columnOf, (v) => lists.listed[v] as number),
    confused: confusedGroups(distinct, fit),
    withText: toEstimate(withText, n, z),
    unexplained: toEstimate(unexplained, n, z),
    misfit,
  };
}

/** The non-negative fit of all candidates; those that share a column share its part. */
function draw(rows: Rows, { columns, columnOf, members }: DistinctColumns): Float64Array {
  const descent = startDescent(rows, columns);
  descend(
    descent,
    rows,
    columns,
    Int32Array.from({ length: columns.count }, (_, v) => v),
    keepInterceptAboveZero,
  );
  return Float64Array.from(columnOf, (v) => (descent.coefficients[v] as number) / (members[v]?.length ?? 1));
}

function confusedGroups({ members }: DistinctColumns, fit: Fit): number[][] {
  const joined = fit.dependencies.map((places) => places.map((place) => fit.fitted[place] as number));
  const inJoined = new Set(joined.flat());
  const alone = members.map((_, v) => [v]).filter(([v]) => !inJoined.has(v as number));
  return [...joined, ...alone]
    .map((columns) => columns.flatMap((v) => members[v] ?? []).sort((a, b) => a - b))
    .filter((group) => group.length > 1);
}

/** Two-sided test at .05, and power .95, of a share told from zero. */
const TOLD = normalQuantile(0.975) + normalQuantile(0.95);

function toEstimate({ value, standardError }: Mass, n: number, z: number): Estimate {
  const isKnown = Number.isFinite(standardError);
  return {
    value,
    standardError,
    low: isKnown ? value - z * standardError : 0,
    high: isKnown ? value + z * standardError : 1,
    n,
    detectionLimit: TOLD * standardError,
  };
}
