import { amountAt, bucketMiddles, type Edges, type QuantileEstimate, type State } from '@dither/mechanisms';
import { labels, rangeLabel } from '@dither/protocol';
import { ProblemError } from '../errors.js';
import type { DistributionSeries } from '../ingest/served-registry.js';
import { serverPolicy } from '../policy.js';
import type { EstimateQuery } from '../schemas/query.js';
import type { Estimated } from './estimated.js';
import { postProcessed } from './post-process.js';
import { figures, finite, type RangedRow, SHARE } from './rows.js';
import type { Run } from './thread/thread.js';

/** What may be asked beside the rest: quantiles, and thresholds in the metric's unit. */
type Asked = { readonly [name in keyof Pick<EstimateQuery, 'quantiles' | 'above'>]?: readonly number[] | undefined };

/**
 * Quantiles, mean, shares and a curve over the buckets of a timing or quantity. Everything but the share with an event is
 * among the installations with one. The first and the last bucket hold what was clamped to the range.
 *
 * @throws ProblemError `query-invalid` (a threshold outside the range), `estimate-unavailable`
 */
export async function estimateDistribution(
  { metric, params }: DistributionSeries,
  state: State,
  { quantiles = serverPolicy.quantiles, above = [] }: Asked,
  { run, confidence }: { readonly run: Run; readonly confidence: number },
): Promise<Estimated> {
  const { unit = '', edges = [] } = metric.domain;
  const names = labels(metric);
  const buckets = edges.length - 1;
  const edge = (i: number) => edges[i] as number;
  const range = [edge(0), edge(buckets)] as const;
  if (above.some((threshold) => threshold < range[0] || threshold > range[1])) {
    throw new ProblemError(
      'query-invalid',
      `above is within the metric's range, ${range.join(' to ')} ${unit}`.trimEnd(),
    );
  }
  const cells = [...new Set(above.map((threshold) => nearestInnerEdge(edges, threshold)))];

  const amounts = bucketMiddles(edges);
  const estimate = await run({
    answers: 'distribution',
    metric: metric.fingerprint,
    params,
    state,
    question: { quantiles, above: cells, amounts, confidence },
  });

  const rows: RangedRow[] = [
    { row: { label: 'with an event', quantity: 'with-event', ...figures(estimate.withEvent) }, range: SHARE },
    ...estimate.quantiles.map((one) => ({ row: quantileRow(one, edges, estimate.n), range, isPlace: true as const })),
    {
      row: { label: `mean, clamped to ${range.join(' to ')}`, quantity: 'mean', ...figures(estimate.mean) },
      range: [amounts[0] as number, amounts[buckets - 1] as number],
      isPlace: true,
    },
    ...estimate.above.map((share, i): RangedRow => {
      const from = edge(cells[i] as number);
      return { row: { label: `${from} or more`, quantity: 'above', from, ...figures(share) }, range: SHARE };
    }),
    ...estimate.histogram.map(({ from, to, share }): RangedRow => {
      const label = rangeLabel(edges, from, to);
      return {
        row: { label, quantity: 'frequency', from: edge(from), to: edge(to), ...figures(share) },
        range: SHARE,
      };
    }),
  ];
  // Without reports the curve is what the mechanism begins with, and says nothing.
  const curve = estimate.n === 0 ? [] : Array.from(estimate.curve);
  const drawn = curve.map((value, index) => ({
    label: names[index] as string,
    index,
    quantity: 'frequency',
    from: edge(index),
    to: edge(index + 1),
    value,
  }));
  return { rows, postProcessed: postProcessed('smooth-curve', drawn), own: { answers: 'distribution', unit } };
}

/** The inner edge nearest to a threshold: the share above the outer ones is known without asking. */
function nearestInnerEdge(edges: Edges, threshold: number): number {
  let best = 1;
  for (let i = 2; i < edges.length - 1; i++) {
    if (Math.abs((edges[i] as number) - threshold) < Math.abs((edges[best] as number) - threshold)) best = i;
  }
  return best;
}

function quantileRow(
  { quantile, place, low, high, outerLow, outerHigh }: QuantileEstimate,
  edges: Edges,
  n: number,
): RangedRow['row'] {
  return {
    label: `p${Number((100 * quantile).toPrecision(12))}`,
    quantity: 'quantile',
    quantile,
    value: finite(amountAt(edges, place)),
    standardError: null,
    low: finite(amountAt(edges, low)),
    high: finite(amountAt(edges, high)),
    outerLow: finite(edges[outerLow] as number),
    outerHigh: finite(edges[outerHigh] as number),
    n,
    detectionLimit: null,
  };
}
