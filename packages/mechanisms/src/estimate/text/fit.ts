import { combination, type Factor, factorize, forward, inverseDiagonal, solve } from './cholesky.js';
import { sumOver } from './columns.js';
import type { CandidateBits } from './counts.js';
import { DECODING } from './policy.js';
import type { Rows } from './rows.js';

/**
 * Weighted least squares of some columns together, with a free intercept: no column is favoured and nothing is selected,
 * so coefficients are unbiased, whatever their sum. What texts that are no candidates add to every row alike is in the
 * intercept.
 */
export interface Fit {
  readonly rows: Rows;
  /** The columns fitted, ascending. */
  readonly fitted: Int32Array;
  /** One per column fitted; zero where it cannot be known. */
  readonly coefficients: Float64Array;
  /** Places in `fitted`: columns that are combinations of one another. */
  readonly dependencies: readonly (readonly number[])[];
  /** Weight times residual of each row. */
  readonly pulls: Float64Array;
  /** Root of the residual mean square over what the weights promise, 1 or more. */
  readonly misfit: number;
  /** Rows less parameters. */
  readonly freedom: number;
  readonly factor: Factor;
  /** Total weight of each column fitted. */
  readonly columnWeights: Float64Array;
  /** For each row the places in `fitted` of the columns that set it: those from starts[row] on. */
  readonly byRow: CandidateBits;
}

export function fitTogether(rows: Rows, columns: CandidateBits, fitted: Int32Array): Fit {
  const { values, weights, totalWeight } = rows;
  const size = fitted.length;
  const columnWeights = Float64Array.from(fitted, (v) => sumOver(columns, v, weights));
  const byRow = transpose(columns, fitted, values.length);
  const factor = factorize(centredProducts(byRow, rows, columnWeights), size);

  const weighted = values.map((value, row) => value * (weights[row] as number));
  const mean = totalWeight > 0 ? weighted.reduce((sum, x) => sum + x, 0) / totalWeight : 0;
  const right = Float64Array.from(
    fitted,
    (v, i) => sumOver(columns, v, weighted) - mean * (columnWeights[i] as number),
  );
  const coefficients = solve(factor, right);

  const centre = size === 0 ? 0 : inner(coefficients, columnWeights) / totalWeight;
  let squares = 0;
  const pulls = values.map((value, row) => {
    const weight = weights[row] as number;
    const residual = value - mean + centre - rowSum(byRow, row, coefficients);
    squares += weight * residual * residual;
    return weight * residual;
  });
  const freedom = rows.present - 1 - factor.pivots.length;
  const dependencies = dependenciesOf(factor);
  for (const place of dependencies.flat()) coefficients[place] = 0;
  const misfit = Math.sqrt(Math.max(1, freedom > 0 ? squares / freedom : 1));
  return { rows, fitted, coefficients, dependencies, pulls, misfit, freedom, factor, columnWeights, byRow };
}

/** Standard errors of the coefficients, before misfit; infinite where one cannot be known. As long as the fit to compute. */
export function coefficientErrors({ factor, dependencies }: Fit): Float64Array {
  const errors = inverseDiagonal(factor).map(Math.sqrt);
  for (const place of dependencies.flat()) errors[place] = Number.POSITIVE_INFINITY;
  return errors;
}

/** Of a row, the sum of the entries of the columns that set it. */
export function rowSum({ starts, rows }: CandidateBits, row: number, entries: Float64Array): number {
  let sum = 0;
  for (let i = starts[row] as number; i < (starts[row + 1] as number); i++) sum += entries[rows[i] as number] as number;
  return sum;
}

export function inner(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}

/**
 * What is left of a column outside the fit after those in it: the squared length of its weighted, centred remainder.
 * Zero where nothing is.
 */
export function remainder(fit: Fit, columns: CandidateBits, v: number): number {
  const { weights, totalWeight } = fit.rows;
  const whole = sumOver(columns, v, weights);
  const length = whole - (whole * whole) / totalWeight;
  if (!(length > DECODING.dependence * whole)) return 0;
  const products = fit.columnWeights.map((weight) => (-weight * whole) / totalWeight);
  for (let i = columns.starts[v] as number; i < (columns.starts[v + 1] as number); i++) {
    const row = columns.rows[i] as number;
    const weight = weights[row] as number;
    for (let j = fit.byRow.starts[row] as number; j < (fit.byRow.starts[row + 1] as number); j++) {
      const place = fit.byRow.rows[j] as number;
      products[place] = (products[place] as number) + weight;
    }
  }
  const explained = forward(fit.factor, products).reduce((sum, x) => sum + x * x, 0);
  return length - explained > DECODING.dependence * length ? length - explained : 0;
}

/** Rows become columns; entries are places in `fitted`. */
function transpose({ starts, rows }: CandidateBits, fitted: Int32Array, count: number): CandidateBits {
  const ends = new Int32Array(count + 1);
  const each = (act: (row: number, place: number) => void): void =>
    fitted.forEach((v, place) => {
      for (let i = starts[v] as number; i < (starts[v + 1] as number); i++) act(rows[i] as number, place);
    });
  each((row) => {
    ends[row + 1] = (ends[row + 1] as number) + 1;
  });
  for (let row = 0; row < count; row++) ends[row + 1] = (ends[row + 1] as number) + (ends[row] as number);
  const next = ends.slice();
  const places = new Int32Array(ends[count] as number);
  each((row, place) => {
    places[next[row] as number] = place;
    next[row] = (next[row] as number) + 1;
  });
  return { count, starts: ends, rows: places };
}

/** Weighted scalar products of the columns, each less its weighted mean. */
function centredProducts(byRow: CandidateBits, { weights, totalWeight }: Rows, sums: Float64Array): Float64Array {
  const size = sums.length;
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < byRow.count; row++) {
    const weight = weights[row] as number;
    const end = byRow.starts[row + 1] as number;
    for (let i = byRow.starts[row] as number; i < end; i++) {
      const at = (byRow.rows[i] as number) * size;
      for (let j = byRow.starts[row] as number; j < end; j++) {
        const entry = at + (byRow.rows[j] as number);
        matrix[entry] = (matrix[entry] as number) + weight;
      }
    }
  }
  for (let a = 0; a < size; a++) {
    const centre = (sums[a] as number) / totalWeight;
    for (let b = 0; b < size; b++)
      matrix[a * size + b] = (matrix[a * size + b] as number) - centre * (sums[b] as number);
  }
  return matrix;
}

/** Sets of columns that share a combination which is zero; sets that share a column are one. */
function dependenciesOf(factor: Factor): number[][] {
  const sets: number[][] = [];
  for (const row of factor.dependent) {
    const own = [row];
    combination(factor, row).forEach((share, place) => {
      if (Math.abs(share) > 1e-6) own.push(place);
    });
    const touching = sets.filter((set) => set.some((place) => own.includes(place)));
    const joined = [...new Set([...own, ...touching.flat()])].sort((a, b) => a - b);
    sets.splice(0, sets.length, ...sets.filter((set) => !touching.includes(set)), joined);
  }
  return sets;
}
