import { groupsOf, sumsOf } from '../../encode/tree-shape.js';
import { projectOnSimplex } from '../simplex.js';
import { DRAWN_ERRORS } from './tree-policy.js';
import type { TreeSample } from './tree-sample.js';

/** Mean of the `2 reach + 1` nearest cells, the ends mirrored so that the sum stays. */
function smoothed(curve: Float64Array, reach: number): Float64Array {
  const last = curve.length - 1;
  const mirrored = (i: number) => (i < 0 ? -i - 1 : i > last ? 2 * last + 1 - i : i);
  let sum = 0;
  for (let i = -reach; i <= reach; i++) sum += curve[mirrored(i)] as number;
  return curve.map((_, i) => {
    const mean = sum / (2 * reach + 1);
    sum += (curve[mirrored(i + reach + 1)] as number) - (curve[mirrored(i - reach)] as number);
    return mean;
  });
}

/**
 * A curve to draw: the finest groups that hold enough on average to be seen in the noise, projected on the simplex,
 * spread over their cells, and smoothed twice over a group's width.
 *
 * @param withEvent - above 0
 */
export function drawnCurve({ fit, leaves, answer }: TreeSample, withEvent: number): Float64Array {
  const { shape, sizes } = fit;
  const isSeen = (level: number) => {
    const error = Math.sqrt(answer.base / (sizes[level] as number)) / withEvent;
    return DRAWN_ERRORS * error * groupsOf(shape, level) <= 1;
  };
  const finest = sizes.findIndex((_, level) => isSeen(level));
  const level = finest === -1 ? sizes.length - 1 : finest;
  const width = shape.widths[level] as number;
  const shares = projectOnSimplex(sumsOf(shape, level, leaves).map((sum) => sum / withEvent));
  const lastWidth = shape.cells - (shares.length - 1) * width;
  const spread = Float64Array.from({ length: shape.cells }, (_, cell) => {
    const group = Math.floor(cell / width);
    return (shares[group] as number) / (group === shares.length - 1 ? lastWidth : width);
  });
  const reach = width >> 1;
  return smoothed(smoothed(spread, reach), reach);
}
