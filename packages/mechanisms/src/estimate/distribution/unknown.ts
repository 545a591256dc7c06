import type { DistributionEstimate, DistributionQuestion, Estimate, QuantileEstimate } from '../../mechanism.js';
import { normalQuantile } from '../normal.js';
import { isTold, type Pair } from './ratio.js';

/** Standard errors of the intervals that are published unless another confidence is asked for. */
const USUAL = normalQuantile(0.975);

/**
 * Whether anything may be said of those with an event: the interval of their share, as it is printed, is above zero, and
 * so is that of the sum every ratio is divided by.
 */
export function isAnybodyTold(withEvent: Estimate, all: Pick<Pair, 'denominator' | 'covariance'>, z: number): boolean {
  return withEvent.low > 0 && isTold(all, z);
}

/** The answer where it cannot be told that anybody had an event: values NaN, intervals all there may be, curve flat. */
export function nothingKnown(
  n: number,
  withEvent: Estimate,
  cells: number,
  groups: readonly { readonly from: number; readonly to: number }[],
  { quantiles, above, amounts }: DistributionQuestion,
): DistributionEstimate {
  const unknown = ([low, high]: readonly [number, number]): Estimate => {
    const none = Number.POSITIVE_INFINITY;
    return { value: Number.NaN, standardError: none, low, high, n, detectionLimit: none };
  };
  return {
    n,
    withEvent,
    quantiles: quantiles.map((quantile) => withOuter({ quantile, place: Number.NaN, low: 0, high: cells }, cells)),
    mean: unknown(rangeOf(amounts)),
    above: above.map(() => unknown([0, 1])),
    histogram: groups.map((group) => ({ ...group, share: unknown([0, 1]) })),
    curve: new Float64Array(cells).fill(1 / cells),
  };
}

/**
 * Adds the borders around the cells that an interval touches. A quantile on a border is that of the cell before it, so
 * that a low end on a border takes this cell in.
 */
export function withOuter(one: Omit<QuantileEstimate, 'outerLow' | 'outerHigh'>, cells: number): QuantileEstimate {
  return { ...one, outerLow: Math.max(0, Math.ceil(one.low) - 1), outerHigh: Math.min(cells, Math.ceil(one.high)) };
}

/**
 * The predicted error where the interval of the expected reports is the whole range: that of a place drawn evenly from
 * it, sqrt(cells^2 / 12 + (place - cells / 2)^2). What an estimate of noise does (EMS stays in the middle) may be
 * nearer to an assumed truth, but by chance.
 */
export function guessError(place: number, cells: number): number {
  return Math.hypot(cells / Math.sqrt(12), place - cells / 2);
}

/**
 * Whether expected reports leave a quantile anywhere.
 * @param intervalAt - its interval at so many standard errors
 */
export function isAnywhere(
  all: Pick<Pair, 'denominator' | 'covariance'>,
  intervalAt: (z: number) => readonly [number, number],
  cells: number,
): boolean {
  if (!isTold(all, USUAL)) return true;
  const [low, high] = intervalAt(USUAL);
  return low <= 0 && high >= cells;
}

export function rangeOf(amounts: ArrayLike<number>): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < amounts.length; i++) {
    least = Math.min(least, amounts[i] as number);
    most = Math.max(most, amounts[i] as number);
  }
  return [least, most];
}
