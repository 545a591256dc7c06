import type { Estimate } from '../../mechanism.js';
import { normalQuantile } from '../normal.js';
import { estimateRatio, type Pair } from './ratio.js';
import type { Functional } from './tree-fit.js';
import { TOLD_ALPHA, TOLD_POWER } from './tree-policy.js';
import { pairOf, type TreeSample } from './tree-sample.js';
import { covarianceAt } from './tree-variance.js';

/** Steps of the fixed point below, each of which gains more than a digit. */
const STEPS = 20;

/**
 * The smallest share of those with an event, in the cells [from, to), that is told from zero 19 times in 20: the s with
 * s - 1.645 se(s) = 1.960 se(0), where the error is that of a population spread evenly inside and outside these cells.
 */
function detectionLimit(sample: TreeSample, part: Functional, [from, to]: Cells, pair: Pair): number {
  const { fit, n, answer } = sample;
  const withEvent = Math.min(1, pair.denominator);
  const inside = to - from;
  const outside = fit.shape.cells - inside;
  const varianceAt = (share: number): number => {
    const shares = Float64Array.from({ length: fit.shape.cells }, (_, cell) => {
      const isInside = cell >= from && cell < to;
      return withEvent * (isInside ? share / inside : outside > 0 ? (1 - share) / outside : 0);
    });
    return covarianceAt(fit, n, answer, shares)(part, part);
  };
  // A variance is quadratic in the shares.
  const [none, half, all] = [varianceAt(0), varianceAt(0.5), varianceAt(1)];
  const curvature = 2 * (none - 2 * half + all);
  const slope = all - none - curvature;
  const errorAt = (share: number): number =>
    Math.sqrt(Math.max(0, none + share * (slope + share * curvature))) / withEvent;
  const base = normalQuantile(1 - TOLD_ALPHA) * errorAt(0);
  const power = normalQuantile(TOLD_POWER);
  let share = base;
  for (let i = 0; i < STEPS; i++) share = base + power * errorAt(Math.min(1, share));
  return share;
}

/** Cells [from, to). */
type Cells = readonly [from: number, to: number];

/** The share, among those with an event, who are told from nobody, of the cells [from, to). */
export function estimateShare(sample: TreeSample, cells: Cells, z: number): Estimate {
  const part = sample.fit.functional(new Float64Array(sample.fit.shape.cells).fill(1, ...cells));
  const pair = pairOf(sample, part);
  return {
    ...estimateRatio(pair, z, [0, 1]),
    n: sample.n,
    detectionLimit: detectionLimit(sample, part, cells, pair),
  };
}
