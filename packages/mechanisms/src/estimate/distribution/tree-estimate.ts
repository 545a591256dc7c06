import { cellsOf, groupsOf, type TreeShape } from '../../encode/tree-shape.js';
import type { DistributionEstimate, DistributionQuestion, Estimate } from '../../mechanism.js';
import { normalQuantile } from '../normal.js';
import { estimateSupport } from '../support.js';
import { quantileInterval, quantilePlace } from './quantile.js';
import { estimateRatio, isTold } from './ratio.js';
import { drawnCurve } from './tree-drawn.js';
import { HISTOGRAM_GROUPS, TOLD_ALPHA, TOLD_POWER } from './tree-policy.js';
import { belowBorders, excessOf, pairOf, type TreeCounts, treeSample } from './tree-sample.js';
import { estimateShare } from './tree-share.js';

/**
 * The answers of reports over a tree. All but `curve` come from unbiased sums of shares, with the exact errors of the
 * bits and of who answers at which level:
 *
 * - `quantiles`: values are taken as spread evenly within a cell, for the place and for the ends of its interval; one
 *   that is to hold wherever in their cells they are is widened to whole cells, floor(low) and ceil(high).
 * - `mean`, `above`, `histogram`: ratios, by inverting their tests. Their values are unbiased but for the division.
 *
 * Where the share with an event is not told from zero, intervals are the whole range.
 */
export function estimateTree(counts: TreeCounts, question: DistributionQuestion): DistributionEstimate {
  const { shape, n } = counts;
  const { confidence = 0.95 } = question;
  const withEvent = eventShare(counts, confidence);
  return n === 0
    ? nothingKnown(shape, withEvent, question)
    : { n, withEvent, ...amongEvents(counts, question, normalQuantile(0.5 + confidence / 2)) };
}

/** A bit of "no event" that is not set supports having had one. */
function eventShare({ n, none, support: { p, q } }: TreeCounts, confidence: number): Estimate {
  return estimateSupport({ p: 1 - q, q: 1 - p }, n - none, n, { confidence });
}

function amongEvents(
  counts: TreeCounts,
  { quantiles, above, amounts }: DistributionQuestion,
  z: number,
): Omit<DistributionEstimate, 'n' | 'withEvent'> {
  const { shape, n } = counts;
  const { cells } = shape;
  const sample = treeSample(counts);
  const all = pairOf(sample, sample.all);
  const below = belowBorders(sample);
  const mean = estimateRatio(pairOf(sample, sample.fit.functional(amounts)), z, rangeOf(amounts));
  const told = normalQuantile(1 - TOLD_ALPHA) + normalQuantile(TOLD_POWER);
  return {
    quantiles: quantiles.map((quantile) => {
      const excess = excessOf(below, quantile);
      const [low, high] = isTold(all, z) ? quantileInterval(shape, excess, z) : [0, cells];
      return { quantile, place: all.denominator > 0 ? quantilePlace(shape, excess) : Number.NaN, low, high };
    }),
    mean: { ...mean, n, detectionLimit: told * mean.standardError },
    above: above.map((from) => estimateShare(sample, [from, cells], z)),
    histogram: histogramGroups(shape).map(([from, to]) => ({ from, to, share: estimateShare(sample, [from, to], z) })),
    curve: all.denominator > 0 ? drawnCurve(sample, all.denominator) : flat(cells),
  };
}

function nothingKnown(
  shape: TreeShape,
  withEvent: Estimate,
  { quantiles, above, amounts }: DistributionQuestion,
): DistributionEstimate {
  const unknown = ([low, high]: readonly [number, number]): Estimate => {
    const none = Number.POSITIVE_INFINITY;
    return { value: Number.NaN, standardError: none, low, high, n: 0, detectionLimit: none };
  };
  return {
    n: 0,
    withEvent,
    quantiles: quantiles.map((quantile) => ({ quantile, place: Number.NaN, low: 0, high: shape.cells })),
    mean: unknown(rangeOf(amounts)),
    above: above.map(() => unknown([0, 1])),
    histogram: histogramGroups(shape).map(([from, to]) => ({ from, to, share: unknown([0, 1]) })),
    curve: flat(shape.cells),
  };
}

function flat(cells: number): Float64Array {
  return new Float64Array(cells).fill(1 / cells);
}

function histogramGroups(shape: TreeShape): (readonly [number, number])[] {
  let level = shape.widths.length - 1;
  while (level > 0 && groupsOf(shape, level) < HISTOGRAM_GROUPS) level--;
  return Array.from({ length: groupsOf(shape, level) }, (_, group) => cellsOf(shape, level, group));
}

function rangeOf(amounts: ArrayLike<number>): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < amounts.length; i++) {
    least = Math.min(least, amounts[i] as number);
    most = Math.max(most, amounts[i] as number);
  }
  return [least, most];
}
