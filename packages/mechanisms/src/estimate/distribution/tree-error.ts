import type { TreeShape } from '../../encode/tree-shape.js';
import type { Support } from '../support.js';
import { quantileInterval, quantilePlace } from './quantile.js';
import { treeFit } from './tree-fit.js';
import { allOf, answerVariance, belowBorders, excessOf, pairOf } from './tree-sample.js';
import { covarianceAt } from './tree-variance.js';
import { guessError, isAnywhere } from './unknown.js';

/**
 * Predicted root mean squared error of an estimated quantile, in places: half the width of where the true curve is within
 * one standard error of the quantile. For a smooth curve this is the error of the share over the density; it stays
 * finite where the density is zero. At most that of a guess, which it is where the reports leave the quantile anywhere.
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
  const expected = { fit, leaves, covariance, all: allOf(fit) };
  const excess = excessOf(belowBorders(expected), quantile);
  const guess = guessError(quantilePlace(shape, excess), shape.cells);
  const intervalAt = (z: number) => quantileInterval(shape, excess, z);
  if (isAnywhere(pairOf(expected, expected.all), intervalAt, shape.cells)) return guess;
  const [low, high] = intervalAt(1);
  return Math.min(guess, (high - low) / 2);
}
