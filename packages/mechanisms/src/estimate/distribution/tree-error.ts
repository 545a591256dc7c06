import type { TreeShape } from '../../encode/tree-shape.js';
import type { Support } from '../support.js';
import { quantileInterval } from './quantile.js';
import { treeFit } from './tree-fit.js';
import { allOf, answerVariance, belowBorders, excessOf } from './tree-sample.js';
import { covarianceAt } from './tree-variance.js';

/**
 * Predicted root mean squared error of an estimated quantile, in places: half the width of where the true curve is within
 * one standard error of the quantile. For a smooth curve this is the error of the share over the density; it stays
 * finite where the density is zero.
 *
 * @param shares - one per cell, then that of "no event"
 */
export function treeQuantileError(
  shape: TreeShape,
  support: Support,
  n: number,
  shares: ArrayLike<number>,
  quantile: number,
): number {
  const leaves = Float64Array.from({ length: shape.cells }, (_, cell) => shares[cell] as number);
  const answers = shape.widths.map(() => n / shape.widths.length);
  const fit = treeFit(shape, answers, n);
  const covariance = covarianceAt(fit, n, answerVariance(support), leaves);
  const below = belowBorders({ fit, leaves, covariance, all: allOf(fit) });
  const [low, high] = quantileInterval(shape, excessOf(below, quantile), 1);
  return (high - low) / 2;
}
