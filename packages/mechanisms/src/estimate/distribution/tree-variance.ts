import { sumsOf } from '../../encode/tree-shape.js';
import type { Functional, TreeFit } from './tree-fit.js';

/** Variance of a share measured from one answer: of a share that is zero, and what each unit of true share adds. */
export interface AnswerVariance {
  readonly base: number;
  readonly perShare: number;
}

/** Covariance of the estimates of two functionals. */
export type Covariance = (a: Functional, b: Functional) => number;

/**
 * The covariance over everything random: the bits, and which clients answer at which level.
 *
 * Levels are answered by disjoint random parts of the n reporting clients. With a_l(cell) the coefficient of the cell's
 * group at level l, the sampling part of a variance is `sum over l of S2(a_l) / n_l - S2(sum over l of a_l) / n`
 * (Cochran 1977, "Sampling techniques", chapter 2), S2 the variance over reporting clients; and as the fit is
 * unbiased, the sum of a_l and the root's coefficient is the functional's own weight.
 *
 * @param n - reporting clients, all of whom measure the root
 * @param shares - true share of each cell; those without an event are the rest
 */
export function covarianceAt(fit: TreeFit, n: number, answer: AnswerVariance, shares: ArrayLike<number>): Covariance {
  const { shape, sizes } = fit;
  const grouped = sizes.map((_, level) => sumsOf(shape, level, shares));
  const withEvent = (grouped.at(-1) as Float64Array).reduce((sum, share) => sum + share, 0);
  // Drawn without replacement.
  const finite = n > 1 ? n / (n - 1) : 1;
  return (a, b) => {
    let sum = (a.root * b.root * (answer.base + (1 - withEvent) * answer.perShare)) / n;
    for (let level = 0; level < sizes.length; level++) {
      const of = grouped[level] as Float64Array;
      const first = a.levels[level] as Float64Array;
      const second = b.levels[level] as Float64Array;
      let [all, products, meanA, meanB] = [0, 0, 0, 0];
      for (let i = 0; i < of.length; i++) {
        const x = first[i] as number;
        const y = second[i] as number;
        const share = of[i] as number;
        all += x * y;
        products += share * x * y;
        meanA += share * x;
        meanB += share * y;
      }
      const spread = finite * (products - meanA * meanB);
      sum += (answer.base * all + answer.perShare * products + spread) / (sizes[level] as number);
    }
    let [products, meanA, meanB] = [0, 0, 0];
    for (let cell = 0; cell < shape.cells; cell++) {
      const share = shares[cell] as number;
      const x = (a.weights[cell] as number) - a.root;
      const y = (b.weights[cell] as number) - b.root;
      products += share * x * y;
      meanA += share * x;
      meanB += share * y;
    }
    return sum - (finite * (products - meanA * meanB)) / n;
  };
}
