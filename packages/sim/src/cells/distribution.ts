import { amountAt, bucketMiddles, type Estimate, type QuantileEstimate } from '@dither/mechanisms';
import { rangeLabel } from '@dither/protocol';
import { quantilePlace } from '../buckets.js';
import type { SimulatedDistribution } from '../metrics.js';
import { policy } from '../policy.js';
import type { Tally } from '../tally.js';
import { type Answer, cell } from './cell.js';

/**
 * The share with an event; then, among those: quantiles and mean in the metric's unit, and shares of groups of buckets.
 * Truths are those of the bucketed values, as estimates are: the error is the mechanism's alone.
 */
export function distributionAnswer(
  { metric, mechanism, params }: SimulatedDistribution,
  { holders, state }: Tally,
): Answer {
  const edges = metric.domain.edges ?? [];
  const amounts = bucketMiddles(edges);
  const found = mechanism.aggregator.distribution(params, state, {
    quantiles: policy.quantiles,
    above: [],
    amounts,
    confidence: policy.confidence,
  });
  const counts = holders.subarray(0, params.domainSize - 1);
  const withEvent = counts.reduce((sum, count) => sum + count, 0);
  const total = counts.reduce((sum, count, bucket) => sum + count * (amounts[bucket] as number), 0);
  const groups = found.histogram.map(({ from, to, share }) => ({
    label: rangeLabel(edges, from, to),
    truth: counts.subarray(from, to).reduce((sum, count) => sum + count, 0) / withEvent,
    share,
    end: edges[to] as number,
  }));
  const cells = [
    cell({ name: 'with-event', label: 'with an event', isShare: true }, withEvent / state.n, found.withEvent),
    ...found.quantiles.map((it) =>
      cell(
        { name: 'quantile', label: `p${Number((100 * it.quantile).toPrecision(12))}`, isShare: false },
        amountAt(edges, quantilePlace(counts, it.quantile)),
        inUnit(edges, it, found.n),
      ),
    ),
    cell({ name: 'mean', label: 'mean', isShare: false }, total / withEvent, found.mean),
    ...groups.map(({ label, truth, share }) => cell({ name: 'histogram', label, isShare: true }, truth, share)),
  ];
  return {
    cells,
    raw: {
      truth: groups.map(({ truth }) => truth),
      estimate: groups.map(({ share }) => share.value),
      borders: [edges[0] as number, ...groups.map(({ end }) => end)],
    },
    processed: { truth: counts.map((count) => count / withEvent), estimate: found.curve, borders: edges },
  };
}

function inUnit(edges: readonly number[], { place, low, high }: QuantileEstimate, n: number): Estimate {
  return {
    value: amountAt(edges, place),
    standardError: Number.NaN,
    low: amountAt(edges, low),
    high: amountAt(edges, high),
    n,
    detectionLimit: Number.NaN,
  };
}
