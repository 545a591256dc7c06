import type { QuantileEstimate } from '../../mechanism.js';
import type { RatioEstimate } from './ratio.js';
import { MAX_BORDERS, RAMP_GROWTH } from './square-wave-policy.js';
import { covariance, ratioOf, type Total, total, type WaveSample } from './square-wave-sample.js';

/**
 * Intervals that hold for any population. A share of cells is a step, and the score of a step is noisy: its variance
 * falls as the step is spread over more cells. So a share is held between two ramps, one below the step everywhere and
 * one above, whose totals are estimated without bias; what lies between them is paid for in width, never in coverage.
 */

/** A ramp of `width` cells that is 1 before the border, 0 after it, and nowhere above the step there. */
function innerRamp(cells: number, border: number, width: number): Float64Array {
  return ramp(cells, border, width, 0);
}

/** The same, nowhere below the step. */
function outerRamp(cells: number, border: number, width: number): Float64Array {
  return ramp(cells, border, width, width - 1);
}

function ramp(cells: number, border: number, width: number, shift: number): Float64Array {
  // No cell lies beyond either end, so that nothing need be spread there.
  if (border === 0 || border === cells) return new Float64Array(cells).fill(border === 0 ? 0 : 1);
  return Float64Array.from({ length: cells }, (_, i) => Math.min(1, Math.max(0, (border + shift - i) / width)));
}

/** Targets that hold the share of cells [from, to) between them. */
function bracket(cells: number, from: number, to: number, width: number): { inner: Float64Array; outer: Float64Array } {
  const [innerTo, outerFrom] = [innerRamp(cells, to, width), outerRamp(cells, from, width)];
  const [outerTo, innerFrom] = [outerRamp(cells, to, width), innerRamp(cells, from, width)];
  return {
    inner: innerTo.map((x, i) => Math.max(0, x - (outerFrom[i] as number))),
    outer: outerTo.map((x, i) => x - (innerFrom[i] as number)),
  };
}

/**
 * The width of ramp for which the interval of the share of [from, to) is expected to be shortest: what the fit has
 * between the ramps, and z standard errors to both sides. Decided by the fit alone, before any test.
 */
function rampWidth(sample: WaveSample, from: number, to: number, z: number): number {
  const { cells } = sample.channel;
  let [best, shortest] = [1, Number.POSITIVE_INFINITY];
  for (let width = 1; width <= cells / 2 || width === 1; width = Math.ceil(width * RAMP_GROWTH)) {
    const { inner, outer } = bracket(cells, from, to, width);
    let length = 0;
    for (let i = 0; i < cells; i++) {
      length += (sample.shares[i] as number) * ((outer[i] as number) - (inner[i] as number));
    }
    for (const targets of [inner, outer]) {
      const one = total(sample, targets);
      length += z * Math.sqrt(Math.max(0, covariance(sample, one, one)));
    }
    if (length < shortest) [best, shortest] = [width, length];
  }
  return best;
}

/** Share of cells [from, to) among those with an event: the interval between the ramps, and the ramps' error. */
export function shareBetween(
  sample: WaveSample,
  events: Total,
  from: number,
  to: number,
  z: number,
): Omit<RatioEstimate, 'value'> {
  const { inner, outer } = bracket(sample.channel.cells, from, to, rampWidth(sample, from, to, z));
  const least = ratioOf(sample, total(sample, inner), events, z, [0, 1]);
  const most = ratioOf(sample, total(sample, outer), events, z, [0, 1]);
  return {
    standardError: Math.max(least.standardError, most.standardError),
    // In order but for reports that no population explains; then all of both.
    low: Math.min(least.low, most.low),
    high: Math.max(least.high, most.high),
  };
}

/** Place where the running share of the fit reaches the quantile, within its cell in proportion; NaN without events. */
export function placeOf(shares: ArrayLike<number>, cells: number, quantile: number): number {
  let events = 0;
  for (let i = 0; i < cells; i++) events += shares[i] as number;
  if (!(events > 0)) return Number.NaN;
  let rest = quantile * events;
  for (let i = 0; i < cells; i++) {
    const share = shares[i] as number;
    if (share > 0 && rest <= share) return i + rest / share;
    rest -= share;
  }
  return cells;
}

/**
 * A quantile: its place in the smoothed fit, and the borders that are surely beyond it. The upper end is the lowest
 * border from which on, at every border, the inner ramp's share is above the quantile by more than z standard errors.
 * Were the true quantile higher, the test at the last border below it would have failed to: so one test's error level
 * bounds the whole. The lower end likewise, with the outer ramp.
 */
export function quantileBetween(sample: WaveSample, quantile: number, z: number): QuantileEstimate {
  const { cells } = sample.channel;
  const place = placeOf(sample.shares, cells, quantile);
  const stride = Math.ceil(cells / MAX_BORDERS);
  const middle = Number.isNaN(place) ? 1 : Math.min(cells - 1, Math.max(1, Math.round(place)));
  const width = rampWidth(sample, 0, middle, z);
  /** Standard errors by which the share before a border, as the ramp has it, is above the quantile. */
  const excess = (targets: Float64Array): number => {
    const one = total(
      sample,
      targets.map((target) => target - quantile),
    );
    return one.value / Math.sqrt(covariance(sample, one, one));
  };
  const last = Math.floor((cells - 1) / stride) * stride;
  let high = cells;
  for (let border = last; border > 0 && excess(innerRamp(cells, border, width)) > z; border -= stride) high = border;
  let low = 0;
  for (let border = stride; border < cells && excess(outerRamp(cells, border, width)) < -z; border += stride)
    low = border;
  // The ends are borders already.
  const [outerLow, outerHigh] = [low, high];
  return { quantile, place: Math.min(high, Math.max(low, place)), low, high, outerLow, outerHigh };
}
