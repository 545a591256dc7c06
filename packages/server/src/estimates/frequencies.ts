import type { Quantity, State } from '@dither/mechanisms';
import { labels, type Metric } from '@dither/protocol';
import type { FrequencySeries } from '../ingest/served-registry.js';
import type { Estimated } from './estimated.js';
import { flatten } from './post-process.js';
import { figures, type RangedRow, SHARE } from './rows.js';

const NAMES: { readonly [quantity: string]: string } = {
  mean: 'mean',
  zero: 'share of zero',
  'at-clamp': 'share at the clamp',
};

/** The share of each value, or means: rows in the order of the mechanism; a mean of counts is followed by their total. */
export function estimateFrequencies(
  { metric, params, mechanism }: FrequencySeries,
  state: State,
  confidence: number,
): Estimated {
  const { aggregator } = mechanism;
  const names = labels(metric);
  const estimates = aggregator.estimate(params, state, confidence);
  const rows = aggregator.quantities(params).flatMap((quantity, i) => {
    const { name, index } = quantity;
    const estimate = estimates[i];
    if (estimate === undefined) return [];
    const label = index === undefined ? (NAMES[name] ?? name) : (names[index] as string);
    const ranged: RangedRow = {
      row: { label, ...(index === undefined ? {} : { index }), quantity: name, ...figures(estimate) },
      range: rangeOf(quantity, params.domainSize),
    };
    return isSummable(metric, quantity) ? [ranged, total(ranged, state.n)] : [ranged];
  });
  return { rows, postProcessed: flatten(rows, aggregator.isDistribution), own: { answers: 'frequencies' } };
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
function rangeOf({ index, weights }: Quantity, domainSize: number): RangedRow['range'] {
  if (index !== undefined) return SHARE;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let value = 0; value < domainSize; value++) {
    const weight = weights(value);
    least = Math.min(least, weight);
    most = Math.max(most, weight);
  }
  return [least, most];
}
