import { groupsOf, type TreeShape } from '../../encode/tree-shape.js';

/** A linear functional of the shares of the cells, and how the fit computes it. */
export interface Functional {
  /** It is the sum over cells of weight * share. */
  readonly weights: ArrayLike<number>;
  /** Its coefficients: one per measured group of each level, and that of the measured root. */
  readonly levels: readonly Float64Array[];
  readonly root: number;
}

/** Least squares on a tree whose groups were measured independently, level by level. */
export interface TreeFit {
  readonly shape: TreeShape;
  /** Answers of each level; a level that nobody answered counts as next to nothing. */
  readonly sizes: readonly number[];
  /** Fitted share of each cell, from the measured shares of all groups and the root. */
  leaves(measured: readonly ArrayLike<number>[], root: number): Float64Array;
  /** `sum over cells of weight * fitted share`, written in what was measured. */
  functional(weights: ArrayLike<number>): Functional;
}

/** Stands for no answers: no weight beside any answer, and an error beyond any share. */
const NOBODY = 1e-9;

/**
 * The inverse-variance weighted least squares fit in which every group is the sum of its children, in two passes
 * (Hay, Rastogi, Miklau, Suciu 2010, "Boosting the accuracy of differentially private histograms through consistency",
 * section 4; here for levels with different numbers of answers, and short groups).
 *
 * A measured share of level l has variance proportional to 1 / sizes[l], that of the root to 1 / rootSize. The fit is
 * linear, so that every figure taken from it is a sum over measured shares with known coefficients.
 */
export function treeFit(shape: TreeShape, answers: readonly number[], rootSize: number): TreeFit {
  const sizes = answers.map((n) => Math.max(n, NOBODY));
  const top = sizes.length;
  const groups = sizes.map((_, level) => groupsOf(shape, level));
  const factors = sizes.map((_, level) =>
    level === 0 ? 1 : (shape.widths[level] as number) / (shape.widths[level - 1] as number),
  );

  // Per group of a level: weight of the children's sum in the upward pass (`up`, the rest is the group's own), and its
  // part of what its siblings and parent disagree by in the downward pass (`down`). `top` is the root.
  const up: Float64Array[] = [];
  const down: Float64Array[] = [];
  let variances = new Float64Array(groups[0] as number).fill(1 / (sizes[0] as number));
  up.push(new Float64Array(groups[0] as number));
  for (let level = 1; level <= top; level++) {
    const count = level === top ? 1 : (groups[level] as number);
    const size = level === top ? Math.max(rootSize, NOBODY) : (sizes[level] as number);
    const sums = new Float64Array(count);
    const parent = parentOf(level);
    variances.forEach((variance, child) => {
      sums[parent(child)] = (sums[parent(child)] as number) + variance;
    });
    down.push(variances.map((variance, child) => variance / (sums[parent(child)] as number)));
    up.push(sums.map((sum) => 1 / (1 + size * sum)));
    variances = sums.map((sum) => 1 / (size + 1 / sum));
  }

  /** Maps a group of the level below `level` to its parent. */
  function parentOf(level: number): (child: number) => number {
    const factor = level === top ? Number.POSITIVE_INFINITY : (factors[level] as number);
    return (child) => Math.floor(child / factor);
  }

  function sumUp(level: number, values: Float64Array): Float64Array {
    const parent = parentOf(level);
    const sums = new Float64Array(level === top ? 1 : (groups[level] as number));
    for (let child = 0; child < values.length; child++) {
      const at = parent(child);
      sums[at] = (sums[at] as number) + (values[child] as number);
    }
    return sums;
  }

  function leaves(measured: readonly ArrayLike<number>[], root: number): Float64Array {
    const combined = [Float64Array.from(measured[0] as ArrayLike<number>)];
    const sums: Float64Array[] = [];
    for (let level = 1; level <= top; level++) {
      const own = level === top ? [root] : (measured[level] as ArrayLike<number>);
      const weight = up[level] as Float64Array;
      const sum = sumUp(level, combined[level - 1] as Float64Array);
      sums.push(sum);
      combined.push(sum.map((s, i) => (weight[i] as number) * s + (1 - (weight[i] as number)) * (own[i] as number)));
    }
    let fitted = combined[top] as Float64Array;
    for (let level = top; level > 0; level--) {
      const parent = parentOf(level);
      const excess = fitted.map((share, i) => share - (sums[level - 1]?.[i] as number));
      const part = down[level - 1] as Float64Array;
      fitted = (combined[level - 1] as Float64Array).map(
        (share, child) => share + (part[child] as number) * (excess[parent(child)] as number),
      );
    }
    return fitted;
  }

  /** The passes of `leaves` in reverse, for the derivative with respect to everything measured. */
  function functional(weights: ArrayLike<number>): Functional {
    const local: Float64Array[] = [];
    let gradient: Float64Array = Float64Array.from(weights);
    for (let level = 1; level <= top; level++) {
      const parent = parentOf(level);
      const part = down[level - 1] as Float64Array;
      const above = sumUp(
        level,
        gradient.map((g, child) => g * (part[child] as number)),
      );
      local.push(gradient.map((g, child) => g - (above[parent(child)] as number)));
      gradient = above;
    }
    const levels: Float64Array[] = new Array<Float64Array>(top);
    let inherited: Float64Array = gradient;
    const root = (inherited[0] as number) * (1 - (up[top]?.[0] as number));
    for (let level = top; level > 0; level--) {
      const parent = parentOf(level);
      const fromAbove = inherited;
      const passes = up[level] as Float64Array;
      const own = (local[level - 1] as Float64Array).map(
        (g, child) => g + (fromAbove[parent(child)] as number) * (passes[parent(child)] as number),
      );
      const keeps = up[level - 1] as Float64Array;
      levels[level - 1] = own.map((g, i) => g * (1 - (keeps[i] as number)));
      inherited = own;
    }
    return { weights, levels, root };
  }

  return { shape, sizes, leaves, functional };
}
