import type { Estimate, Quantity, State } from '@dither/mechanisms';
import { labels, type Metric } from '@dither/protocol';
import type { Series } from '../ingest/served-registry.js';

/** One unbiased estimate. A figure that does not exist (nothing was reported) is null. */
export interface EstimateRow {
  readonly label: string;
  /** For the share of a value: its index. */
  readonly index?: number;
  /** `frequency`, or `mean`, `total`, `zero`, `at-clamp`. */
  readonly quantity: string;
  /** Unbiased: may lie outside the range of the truth. */
  readonly value: number | null;
  readonly standardError: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Answers it was estimated from. */
  readonly n: number;
  /** The smallest truth told from zero 19 times in 20. */
  readonly detectionLimit: number | null;
}

/** A row, and the range of the truth it is about. */
export interface RangedRow {
  readonly row: EstimateRow;
  readonly range: readonly [least: number, most: number];
}

const NAMES: { readonly [quantity: string]: string } = {
  mean: 'mean',
  zero: 'share of zero',
  'at-clamp': 'share at the clamp',
};

/** The rows of a metric, in the order of the mechanism; a mean of counts is followed by their total. */
export function estimateRows({ metric, params, mechanism }: Series, state: State, confidence: number): RangedRow[] {
  const names = labels(metric);
  const estimates = mechanism.aggregator.estimate(params, state, confidence);
  return mechanism.aggregator.quantities(params).flatMap((quantity, i) => {
    const { name, index } = quantity;
    const label = index === undefined ? (NAMES[name] ?? name) : (names[index] as string);
    const ranged: RangedRow = {
      row: { label, ...(index === undefined ? {} : { index }), quantity: name, ...figures(estimates[i] as Estimate) },
      range: rangeOf(quantity, params.domainSize),
    };
    return isSummable(metric, quantity) ? [ranged, total(ranged, state.n)] : [ranged];
  });
}

function figures({ value, standardError, low, high, n, detectionLimit }: Estimate) {
  return {
    value: finite(value),
    standardError: finite(standardError),
    low: finite(low),
    high: finite(high),
    n,
    detectionLimit: finite(detectionLimit),
  };
}

function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}

function isSummable(metric: Metric, quantity: Quantity): boolean {
  return metric.kind === 'count' && quantity.name === 'mean';
}

/** The sum over the reports: their mean times their number, which is known. */
function total({ row, range }: RangedRow, reports: number): RangedRow {
  const times = (x: number | null) => (x === null ? null : x * reports);
  return {
    row: {
      label: 'total',
      quantity: 'total',
      value: times(row.value),
      standardError: times(row.standardError),
      // Of no reports the total is known, and says nothing of anybody.
      low: reports === 0 ? null : times(row.low),
      high: reports === 0 ? null : times(row.high),
      n: row.n,
      detectionLimit: times(row.detectionLimit),
    },
    range: [range[0] * reports, range[1] * reports],
  };
}

/** Least and largest truth of a quantity. */
function rangeOf({ index, weights }: Quantity, domainSize: number): readonly [number, number] {
  if (index !== undefined) return [0, 1];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let value = 0; value < domainSize; value++) {
    const weight = weights(value);
    least = Math.min(least, weight);
    most = Math.max(most, weight);
  }
  return [least, most];
}
