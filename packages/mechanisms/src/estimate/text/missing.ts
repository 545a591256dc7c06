import { type Fit, rowSum } from './fit.js';
import { DECODING } from './policy.js';
import type { Rows } from './rows.js';

/**
 * Texts that are no candidates add to the rows they set, which nobody can name: to a row, an amount that has the same
 * unknown law as to any other and, bits being hashes, knows nothing of the candidates' rows. A heavy one would drown the
 * light candidates in that noise. So the law of the amounts is estimated from the residuals (nonparametric maximum
 * likelihood, Kiefer and Wolfowitz 1956, by EM on a grid: the randomizer's own noise is known), and each row is replaced
 * by its score under it: the residual less the amount expected in view of it (Tweedie's formula, Robbins 1956).
 *
 * @param rows - as observed
 * @param fit - of these rows, or of what an earlier call made of them
 * @returns rows to be fitted in their place, with the weights that are left: one step of Fisher scoring
 */
export function withoutMissing(rows: Rows, fit: Fit): Rows {
  const { values, present } = rows;
  const modelled = values.map((_, row) => rowSum(fit.byRow, row, fit.coefficients));
  // Fitting takes its share of the residuals' size; what is left is stretched back to that of errors.
  const stretch = Math.sqrt(present / Math.max(1, fit.freedom));
  const residuals = values.map((value, row) => stretch * (value - (modelled[row] as number)));
  const sharpness = sharpnessOf(rows, fit);
  const weights = rows.weights.map((weight) => weight * sharpness);
  const grid = gridOver(residuals, weights, Math.sqrt(present / (rows.totalWeight * sharpness)));
  if (grid.size < 2) return rows;
  const masses = likeliest(grid, residuals, weights);
  let squares = 0;
  let slope = 0;
  const rests = residuals.map((residual, row) => {
    const weight = weights[row] as number;
    if (weight === 0) return 0;
    const { mean, variance } = amountGiven(grid, masses, residual, weight);
    const rest = residual - mean;
    squares += (weight * rest * rest) / present;
    slope += (1 - weight * variance) / present;
    return rest;
  });
  // Of an M-estimate: Huber 1981, "Robust statistics", section 7.6. Both numbers are one where nothing is missing.
  const information = (slope * slope) / squares;
  if (!(slope > 0 && information > 0)) return rows;
  return {
    values: modelled.map((x, row) => x + (rests[row] as number) / (stretch * slope)),
    weights: weights.map((weight) => weight * information),
    totalWeight: rows.totalWeight * sharpness * information,
    present,
  };
}

/** How many times noise alone the variance of a row is, to the fit. */
export function excess(rows: Rows, fit: Fit): number {
  return Math.max(1, fit.misfit ** 2 * (rows.totalWeight / fit.rows.totalWeight));
}

/**
 * Residuals differ from amounts by noise and by the error of the fit, which heavy missing texts make far larger than
 * noise at first. Weights are lowered by it: the law is seen through the glass that the fit allows, sharper with each call.
 */
function sharpnessOf(rows: Rows, fit: Fit): number {
  return 1 / (1 + (1 - fit.freedom / rows.present) * (excess(rows, fit) - 1));
}

interface Grid {
  readonly step: number;
  readonly size: number;
}

/** From nothing, for no text takes from a row, to the largest residual: half a typical standard error apart or wider. */
function gridOver(residuals: Float64Array, weights: Float64Array, error: number): Grid {
  const high = residuals.reduce(
    (max, residual, row) => ((weights[row] as number) > 0 ? Math.max(max, residual) : max),
    0,
  );
  const step = Math.max(error / 2, high / DECODING.amounts);
  return { step, size: high > 0 ? Math.ceil(high / step) + 1 : 1 };
}

/** First and last place of the grid within five standard errors of a residual, or the nearest place. */
function near({ step, size }: Grid, residual: number, weight: number): readonly [number, number] {
  const reach = 5 / Math.sqrt(weight) + step;
  const first = Math.min(size - 1, Math.max(0, Math.ceil((residual - reach) / step)));
  return [first, Math.max(first, Math.min(size - 1, Math.floor((residual + reach) / step)))];
}

function likelihood(grid: Grid, i: number, residual: number, weight: number): number {
  const distance = residual - i * grid.step;
  return Math.exp((-weight * distance * distance) / 2);
}

function likeliest(grid: Grid, residuals: Float64Array, weights: Float64Array): Float64Array {
  const telling = residuals.map((_, row) => row).filter((row) => (weights[row] as number) > 0);
  const spans = Array.from(telling, (row) => near(grid, residuals[row] as number, weights[row] as number));
  const likelihoods = new Float64Array(spans.reduce((sum, [first, last]) => sum + last - first + 1, 0));
  let at = 0;
  spans.forEach(([first, last], k) => {
    const row = telling[k] as number;
    for (let i = first; i <= last; i++) {
      likelihoods[at++] = likelihood(grid, i, residuals[row] as number, weights[row] as number);
    }
  });
  let masses = new Float64Array(grid.size).fill(1 / grid.size);
  for (let iteration = 0; iteration < DECODING.amountIterations; iteration++) {
    const next = new Float64Array(grid.size);
    at = 0;
    for (const [first, last] of spans) {
      let total = 0;
      for (let i = first; i <= last; i++) total += (masses[i] as number) * (likelihoods[at + i - first] as number);
      const scale = total > 0 ? 1 / (total * spans.length) : 0;
      for (let i = first; i <= last; i++) {
        next[i] = (next[i] as number) + scale * (masses[i] as number) * (likelihoods[at + i - first] as number);
      }
      at += last - first + 1;
    }
    masses = next;
  }
  return masses;
}

/** Mean and variance of the amount in view of the residual. */
function amountGiven(
  grid: Grid,
  masses: Float64Array,
  residual: number,
  weight: number,
): { readonly mean: number; readonly variance: number } {
  let [total, sum, squares] = [0, 0, 0];
  const [first, last] = near(grid, residual, weight);
  for (let i = first; i <= last; i++) {
    const share = (masses[i] as number) * likelihood(grid, i, residual, weight);
    const amount = i * grid.step - residual;
    total += share;
    sum += share * amount;
    squares += share * amount * amount;
  }
  // Too far below nothing for any amount: all of it is error.
  if (!(total > 0)) return { mean: first * grid.step, variance: 0 };
  const offset = sum / total;
  return { mean: residual + offset, variance: Math.max(0, squares / total - offset * offset) };
}
