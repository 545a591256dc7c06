import { groupsOf, type TreeShape } from '../../encode/tree-shape.js';
import { projectOnSimplex } from '../simplex.js';
import type { Support } from '../support.js';
import type { Excess } from './quantile.js';
import type { Pair } from './ratio.js';
import { type Functional, type TreeFit, treeFit } from './tree-fit.js';
import { type AnswerVariance, type Covariance, covarianceAt } from './tree-variance.js';

/** What n > 0 reports over a tree said. */
export interface TreeCounts {
  readonly shape: TreeShape;
  /** Of one bit: set with probability p for the client's own group, and q otherwise. */
  readonly support: Support;
  readonly n: number;
  /** Set bits of "no event", over all levels. */
  readonly none: number;
  /** Of each level: number of answers, and set bits of each group. */
  readonly levels: readonly { readonly answers: number; readonly bits: ArrayLike<number> }[];
}

/** Shares of the reporting clients, one per cell, and what their errors are. */
interface Fitted {
  readonly fit: TreeFit;
  readonly leaves: Float64Array;
  readonly covariance: Covariance;
  /** The share with an event. */
  readonly all: Functional;
}

/** The fit to reports: unbiased shares; the covariance is that at these shares, made non-negative. */
export interface TreeSample extends Fitted {
  readonly n: number;
  readonly answer: AnswerVariance;
}

export function answerVariance({ p, q }: Support): AnswerVariance {
  const scale = (p - q) ** 2;
  return { base: (q * (1 - q)) / scale, perShare: (p * (1 - p) - q * (1 - q)) / scale };
}

export function treeSample({ shape, support, n, none, levels }: TreeCounts): TreeSample {
  const { p, q } = support;
  const share = (count: number, answers: number) => (count / answers - q) / (p - q);
  const fit = treeFit(
    shape,
    levels.map(({ answers }) => answers),
    n,
  );
  const measured = levels.map(({ answers, bits }, level) =>
    Float64Array.from({ length: groupsOf(shape, level) }, (_, i) =>
      answers === 0 ? 0 : share(bits[i] as number, answers),
    ),
  );
  const leaves = fit.leaves(measured, 1 - share(none, n));
  const total = leaves.reduce((sum, leaf) => sum + leaf, 0);
  const plausible = projectOnSimplex(leaves, Math.min(1, Math.max(Number.EPSILON, total)));
  const answer = answerVariance(support);
  const covariance = covarianceAt(fit, n, answer, plausible);
  return { n, fit, leaves, answer, covariance, all: allOf(fit) };
}

export function allOf(fit: TreeFit): Functional {
  return fit.functional(new Float64Array(fit.shape.cells).fill(1));
}

function weighted(weights: ArrayLike<number>, leaves: ArrayLike<number>): number {
  let sum = 0;
  for (let cell = 0; cell < leaves.length; cell++) sum += (weights[cell] as number) * (leaves[cell] as number);
  return sum;
}

/** What is to be divided for a figure among those with an event. */
export function pairOf({ covariance, all, leaves }: Fitted, part: Functional): Pair {
  return {
    numerator: weighted(part.weights, leaves),
    denominator: weighted(all.weights, leaves),
    covariance: [covariance(part, part), covariance(part, all), covariance(all, all)],
  };
}

/** Pairs of the share below a border, each computed once: several quantiles look at the same borders. */
export function belowBorders(sample: Fitted): (border: number) => Pair {
  const known = new Map<number, Pair>();
  return (border) => {
    let pair = known.get(border);
    if (pair === undefined) {
      pair = pairOf(sample, sample.fit.functional(new Float64Array(sample.fit.shape.cells).fill(1, 0, border)));
      known.set(border, pair);
    }
    return pair;
  };
}

export function excessOf(below: (border: number) => Pair, quantile: number): Excess {
  return (border) => {
    const { numerator, denominator, covariance } = below(border);
    const [first, both, second] = covariance;
    const variance = first - 2 * quantile * both + quantile * quantile * second;
    return { value: numerator - quantile * denominator, standardError: Math.sqrt(Math.max(0, variance)) };
  };
}
