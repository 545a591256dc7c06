import { type ColumnEstimates, outside } from './column-estimates.js';
import { sumOver } from './columns.js';
import type { CandidateBits } from './counts.js';
import { type Fit, inner } from './fit.js';
import { influence } from './influence.js';
import { DECODING } from './policy.js';

/** An estimate of what the columns outside the fit add to a sum together: linear in the fit's pulls. */
export interface LightSum {
  /** For each row what a unit of its pull adds. */
  readonly perPull: Float64Array;
  /** Variance that misfit does not have, as part of their squared share. */
  readonly meetings: number;
}

/**
 * Up to half as many columns as rows are solved together, by conjugate gradients: one solution gives the sum, where every
 * single estimate would take a factor of the whole.
 *
 * Of more, each is estimated as if alone with the fit. Two of them meet on more or fewer rows than they would on average,
 * which adds a random part of the share of either to the estimate of the other, with variance 1/rows. To misfit all these
 * are noise, each on its own. But the two of a pair are the same: of shares b and c the sum has (b + c)^2 / rows, and over
 * all pairs that is the square of their sum, over rows, more than misfit has.
 *
 * @param perText - what each column adds per unit of its share
 * @returns nothing where the sum cannot be known
 */
export function lightSum(
  columns: CandidateBits,
  fit: Fit,
  estimates: ColumnEstimates,
  perText: (v: number) => number,
): LightSum | undefined {
  const light = outside(columns, fit).filter((v) => perText(v) !== 0);
  const inverse = Float64Array.from(light, (v) => (estimates.errors[v] as number) ** 2);
  const wanted = Float64Array.from(light, perText);
  const alone = wanted.map((x, i) => x * (inverse[i] as number));
  if (!alone.every(Number.isFinite)) return undefined;
  const areMany = columns.count > DECODING.jointShare * fit.rows.present;
  const each = areMany || light.length === 0 ? alone : solveTogether(columns, fit, light, wanted, inverse);
  if (each === undefined) return undefined;
  return { perPull: spread(columns, fit, light, each), meetings: areMany ? 1 / Math.max(1, fit.freedom) : 0 };
}

/** For each row the sum of the entries of the columns listed that set it. */
function spread({ starts, rows }: CandidateBits, fit: Fit, listed: Int32Array, entries: Float64Array): Float64Array {
  const sums = new Float64Array(fit.rows.values.length);
  listed.forEach((v, i) => {
    for (let at = starts[v] as number; at < (starts[v + 1] as number); at++) {
      const row = rows[at] as number;
      sums[row] = (sums[row] as number) + (entries[i] as number);
    }
  });
  return sums;
}

/**
 * Solves for entries under which the pulls say of each column what is wanted, whatever the shares of the others.
 * @param inverse - one over the squared length of each column
 * @returns nothing where no entries do
 */
function solveTogether(
  columns: CandidateBits,
  fit: Fit,
  listed: Int32Array,
  wanted: Float64Array,
  inverse: Float64Array,
): Float64Array | undefined {
  const none = new Float64Array(fit.fitted.length);
  const entries = new Float64Array(listed.length);
  const rest = wanted.slice();
  const scaled = (vector: Float64Array) => vector.map((x, i) => x * (inverse[i] as number));
  let direction = scaled(rest);
  let length = inner(rest, direction);
  for (let step = 0; step < DECODING.sumSteps; step++) {
    const pulls = influence(fit, none, spread(columns, fit, listed, direction));
    const products = Float64Array.from(listed, (v) => sumOver(columns, v, pulls));
    const stride = length / inner(direction, products);
    if (!Number.isFinite(stride)) return undefined;
    direction.forEach((x, i) => {
      entries[i] = (entries[i] as number) + stride * x;
      rest[i] = (rest[i] as number) - stride * (products[i] as number);
    });
    if (rest.every((x, i) => Math.abs(x) <= DECODING.sumSettled * Math.abs(wanted[i] as number))) return entries;
    const next = scaled(rest);
    const longer = inner(rest, next);
    direction = next.map((x, i) => x + (longer / length) * (direction[i] as number));
    length = longer;
  }
  return undefined;
}
