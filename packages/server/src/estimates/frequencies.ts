import { type Estimate, type IfForged, ifForged, type Quantity, type State } from '@dither/mechanisms';
import { labels, type Metric } from '@dither/protocol';
import type { FrequencySeries } from '../ingest/served-registry.js';
import { serverPolicy } from '../policy.js';
import type { EstimateQuery } from '../schemas/query.js';
import type { Estimated } from './estimated.js';
import { flatten } from './post-process.js';
import { repeatsOf } from './repeats.js';
import { figures, finite, type RangedRow, SHARE } from './rows.js';

const NAMES: { readonly [quantity: string]: string } = {
  mean: 'mean',
  zero: 'share of zero',
  'at-clamp': 'share at the clamp',
};

/**
 * The share of each value, or means: rows in the order of the mechanism; a mean of counts is followed by their total.
 *
 * @param windows - first days of the periods that are in `state`
 */
export function estimateFrequencies(
  { metric, params, mechanism }: FrequencySeries,
  state: State,
  windows: readonly number[],
  { forged = serverPolicy.forged }: Pick<EstimateQuery, 'forged'>,
  confidence: number,
): Estimated {
  const { aggregator } = mechanism;
  const names = labels(metric);
  const estimates = aggregator.estimate(params, state, confidence, repeatsOf(metric, windows));
  const rows = aggregator.quantities(params).flatMap((quantity, i) => {
    const { name, index, reach } = quantity;
    const estimate = estimates[i];
    if (estimate === undefined) return [];
    const label = index === undefined ? (NAMES[name] ?? name) : (names[index] as string);
    const honest = ifForged(estimate, reach, forged, state.n);
    const ranged: RangedRow = {
      row: {
        label,
        ...(index === undefined ? {} : { index }),
        quantity: name,
        ...figures(estimate),
        ifForged: known(honest),
      },
      range: rangeOf(quantity, params.domainSize),
    };
    if (!isSummable(metric, quantity)) return [ranged];
    return [ranged, total(ranged, state.n, totalIfForged(estimate, honest, state.n, forged))];
  });
  return { rows, postProcessed: flatten(rows, aggregator.isDistribution), own: { answers: 'frequencies', forged } };
}

function known({ low, high, shift }: IfForged) {
  return { low: finite(low), high: finite(high), shift: finite(shift) };
}

function isSummable(metric: Metric, quantity: Quantity): boolean {
  return metric.kind === 'count' && quantity.name === 'mean';
}

/** The sum over the reports: their mean times their number, which is known. */
function total({ row, range }: RangedRow, reports: number, honest: IfForged): RangedRow {
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
      ifForged: known(honest),
    },
    range: [range[0] * reports, range[1] * reports],
  };
}

/** Of the reports that are honest the total is their mean times their number, which is smaller then. */
function totalIfForged({ value }: Estimate, mean: IfForged, reports: number, forged: number): IfForged {
  const honest = reports * (1 - forged);
  const [low, high] = [honest * mean.low, honest * mean.high];
  return { low, high, shift: Math.max(reports * value - low, high - reports * value) };
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
