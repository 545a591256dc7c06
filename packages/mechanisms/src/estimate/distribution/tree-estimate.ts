import { cellsOf, groupsOf, type TreeShape } from '../../encode/tree-shape.js';
import type { DistributionEstimate, DistributionQuestion, Estimate } from '../../mechanism.js';
import { normalQuantile } from '../normal.js';
import { estimateSupport } from '../support.js';
import { quantileInterval, quantilePlace } from './quantile.js';
import { estimateRatio } from './ratio.js';
import { drawnCurve } from './tree-drawn.js';
import { HISTOGRAM_GROUPS, TOLD_ALPHA, TOLD_POWER } from './tree-policy.js';
import { belowBorders, excessOf, pairOf, type TreeCounts, type TreeSample, treeSample } from './tree-sample.js';
import { estimateShare } from './tree-share.js';
import { isAnybodyTold, nothingKnown, rangeOf, withOuter } from './unknown.js';

/**
 * The answers of reports over a tree. All but `curve` come from unbiased sums of shares, with the exact errors of the
 * bits and of who answers at which level:
 *
 * - `quantiles`: values are taken as spread evenly within a cell, for the place and for the ends of its interval; the
 *   outer ends hold wherever in their cells they are.
 * - `mean`, `above`, `histogram`: ratios, by inverting their tests. Their values are unbiased but for the division.
 *
 * Where the share with an event is not told from zero, nothing is said of those with one.
 */
export function estimateTree(counts: TreeCounts, question: DistributionQuestion): DistributionEstimate {
  const { shape, n } = counts;
  const { confidence = 0.95 } = question;
  const withEvent = eventShare(counts, confidence);
  const groups = histogramGroups(shape);
  if (n === 0) return nothingKnown(n, withEvent, shape.cells, groups, question);
  const z = normalQuantile(0.5 + confidence / 2);
  const sample = treeSample(counts);
  const all = pairOf(sample, sample.all);
  return isAnybodyTold(withEvent, all, z)
    ? { n, withEvent, ...amongEvents(sample, all.denominator, question, z) }
    : nothingKnown(n, withEvent, shape.cells, groups, question);
}

/** A bit of "no event" that is not set supports having had one. */
function eventShare({ n, none, support: { p, q } }: TreeCounts, confidence: number): Estimate {
  return estimateSupport({ p: 1 - q, q: 1 - p }, n - none, n, { confidence });
}

function amongEvents(
  sample: TreeSample,
  events: number,
  { quantiles, above, amounts }: DistributionQuestion,
  z: number,
): Omit<DistributionEstimate, 'n' | 'withEvent'> {
  const { n } = sample;
  const { shape } = sample.fit;
  const { cells } = shape;
  const below = belowBorders(sample);
  const mean = estimateRatio(pairOf(sample, sample.fit.functional(amounts)), z, rangeOf(amounts));
  const told = normalQuantile(1 - TOLD_ALPHA) + normalQuantile(TOLD_POWER);
  return {
    quantiles: quantiles.map((quantile) => {
      const excess = excessOf(below, quantile);
      const [low, high] = quantileInterval(shape, excess, z);
      return withOuter({ quantile, place: quantilePlace(shape, excess), low, high }, cells);
    }),
    mean: { ...mean, n, detectionLimit: told * mean.standardError },
    above: above.map((from) => estimateShare(sample, [from, cells], z)),
    histogram: histogramGroups(shape).map(({ from, to }) => ({
      from,
      to,
      share: estimateShare(sample, [from, to], z),
    })),
    curve: drawnCurve(sample, events),
  };
}

function histogramGroups(shape: TreeShape): { from: number; to: number }[] {
  let level = shape.widths.length - 1;
  while (level > 0 && groupsOf(shape, level) < HISTOGRAM_GROUPS) level--;
  return Array.from({ length: groupsOf(shape, level) }, (_, group) => {
    const [from, to] = cellsOf(shape, level, group);
    return { from, to };
  });
}
