import type { Edges, QuantileEstimate, State } from '@dither/mechanisms';
import { labels } from '@dither/protocol';
import type { DistributionSeries } from '../ingest/served-registry.js';
import { serverPolicy } from '../policy.js';
import type { EstimateQuery } from '../schemas/query.js';
import type { Estimated } from './estimated.js';
import { postProcessed } from './post-process.js';
import { figures, finite, type RangedRow, SHARE } from './rows.js';
import type { Run } from './thread/thread.js';

/** What may be asked beside the rest: quantiles in (0, 1), thresholds in the metric's unit. */
type Asked = { readonly [name in keyof Pick<EstimateQuery, 'quantiles' | 'above'>]?: readonly number[] | undefined };

/**
 * Quantiles, mean, shares and a curve over the buckets of a timing or quantity. Everything but the share with an event is
 * among the installations with one. The first and the last bucket hold what was clamped to the range.
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
  const cells = above.map((threshold) => nearestInnerEdge(edges, threshold));

  const amounts = Float64Array.from({ length: buckets }, (_, i) => (edge(i) + edge(i + 1)) / 2);
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
      const label = groupLabel(edges, from, to);
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

function quantileRow({ quantile, place, low, high }: QuantileEstimate, edges: Edges, n: number): RangedRow['row'] {
  return {
    label: `p${Number((100 * quantile).toPrecision(6))}`,
    quantity: 'quantile',
    quantile,
    value: finite(valueAt(edges, place)),
    standardError: null,
    low: finite(valueAt(edges, low)),
    high: finite(valueAt(edges, high)),
    n,
    detectionLimit: null,
  };
}

/** The value at a place counted in buckets, by linear interpolation within the bucket. */
function valueAt(edges: Edges, place: number): number {
  const cell = Math.min(edges.length - 2, Math.floor(place));
  const [low = Number.NaN, high = Number.NaN] = edges.slice(cell, cell + 2);
  return low + (place - cell) * (high - low);
}

/** As the label of a bucket: what lies outside the range is in the first and in the last. */
function groupLabel(edges: Edges, from: number, to: number): string {
  const [isFirst, isLast] = [from === 0, to === edges.length - 1];
  if (isFirst && isLast) return 'any';
  if (isFirst) return `below ${edges[to]}`;
  return isLast ? `${edges[from]} or more` : `${edges[from]} to ${edges[to]}`;
}
