import type { Estimate } from '@dither/mechanisms';

/** One unbiased estimate. A figure that does not exist (nothing was reported) is null. */
export interface EstimateRow {
  readonly label: string;
  /** For the share of a value: its index. */
  readonly index?: number;
  /**
   * `frequency`, or `mean`, `total`, `zero`, `at-clamp`; of a distribution `with-event`, `quantile`, `mean`, `above`,
   * `frequency`; of texts `with-text`, `unexplained`, `text`.
   */
  readonly quantity: string;
  /**
   * Unbiased: may lie outside the range of the truth. A quantile, and by `square-wave` an `above` and a `frequency`, are
   * the best guess within their interval instead.
   */
  readonly value: number | null;
  /** Null for a quantile: its error is not normal, or even symmetric, and only the interval says how sure it is. */
  readonly standardError: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Answers it was estimated from. */
  readonly n: number;
  /** The smallest truth told from zero 19 times in 20; null for a quantile. */
  readonly detectionLimit: number | null;

  /**
   * Of frequencies, means and totals: ends of what the estimate may have been without the forged reports, were so many forged
   * as the answer's `forged` says, whatever they said; and how far they may have pushed it. Null where nothing was reported, or
   * all answers may be forged. Noise comes on top.
   */
  readonly ifForged?: {
    readonly low: number | null;
    readonly high: number | null;
    readonly shift: number | null;
  };
  /** Of a `quantile`: which, in (0, 1). */
  readonly quantile?: number;
  /** Of a distribution's `frequency`: the edges; of `above`: the edge that was used. In the metric's unit. */
  readonly from?: number;
  readonly to?: number;
  /** For a quantile: the bucket edges around its interval, which hold wherever in their buckets the values lie. */
  readonly outerLow?: number | null;
  readonly outerHigh?: number | null;
  /** Of a `text`: chance of so large an estimate if nobody held it. */
  readonly pValue?: number | null;
  /** Of a `text`: in the list that holds any false text with probability at most .05. */
  readonly isDetected?: boolean;
  /** Of a `text`: in the longer list of which at most .05 is false, on average. */
  readonly isListed?: boolean;
  /**
   * Of a `text`: others it cannot be told apart from, 20 of them at most. Where there are any, the estimate is that of all
   * together, or unknown.
   */
  readonly confusedWith?: readonly string[];
}

/** A row, and the range of the truth it is about. */
export interface RangedRow {
  readonly row: EstimateRow;
  readonly range: readonly [least: number, most: number];
  /** Whether it is somewhere in the range, where zero is no truth like another: a quantile, the mean of those with an event. */
  readonly isPlace?: true;
}

/** The range of a share. */
export const SHARE = [0, 1] as const;

/** What a row says of an estimate. */
export function figures({ value, standardError, low, high, n, detectionLimit }: Estimate) {
  return {
    // Whatever stands where nothing is known, it is no estimate.
    value: Number.isFinite(standardError) ? finite(value) : null,
    standardError: finite(standardError),
    low: finite(low),
    high: finite(high),
    n,
    detectionLimit: finite(detectionLimit),
  };
}

export function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}

/** Whether something in the range could be told from zero at this n, or has been; or where in the range it is. */
export function isTelling({ row, range: [least, most], isPlace }: RangedRow): boolean {
  if (isPlace) return (row.low ?? least) > least || (row.high ?? most) < most;
  if (row.low !== null && row.low > 0) return true;
  return row.detectionLimit !== null && row.detectionLimit <= most;
}
