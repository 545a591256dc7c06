import { solve } from './cholesky.js';
import { type Fit, inner, rowSum } from './fit.js';

/**
 * Sums of what a fit says are linear in the rows' values: entry r is the change of (sum of perText * coefficients) +
 * (sum of perPull * pulls) per unit of value r. A pull is the weight times what the fit leaves of a row, and the fit leaves
 * as little of `perPull`.
 *
 * @param perText - one per column fitted
 * @param perPull - one per row
 */
export function influence(fit: Fit, perText: Float64Array, perPull: Float64Array): Float64Array {
  const { weights, totalWeight } = fit.rows;
  const { starts, rows } = fit.byRow;
  const weighted = perPull.map((x, row) => x * (weights[row] as number));
  const mean = weighted.reduce((sum, x) => sum + x, 0) / totalWeight;
  const right = perText.map((x, i) => x + mean * (fit.columnWeights[i] as number));
  weighted.forEach((x, row) => {
    if (x === 0) return;
    for (let i = starts[row] as number; i < (starts[row + 1] as number); i++) {
      const place = rows[i] as number;
      right[place] = (right[place] as number) - x;
    }
  });
  const shares = solve(fit.factor, right);
  const centre = mean + inner(shares, fit.columnWeights) / totalWeight;
  return weights.map((weight, row) => weight * ((perPull[row] as number) + rowSum(fit.byRow, row, shares) - centre));
}
