import { checkInteger } from '../check.js';
import { SCALE } from '../exact/exponential.js';
import { compare, type Ratio } from '../exact/ratio.js';
import type { IndexParams } from '../mechanism.js';

/**
 * The window mechanism: the piecewise mechanism of Wang et al. 2019 on a grid, so that integers decide. A count 0 .. clamp
 * is rounded at random to one of the places 0 .. m; place i makes the w outputs from i on likely, out of N = m + w.
 */
export interface WindowParams extends IndexParams {
  /** The largest count: values are 0 .. clamp. */
  readonly clamp: number;
  /** m: places are 0 .. steps. */
  readonly steps: number;
  /** w: outputs of a window. */
  readonly window: number;
  /** N = m + w. */
  readonly outputs: number;
}

/** So many that a report is one byte: N and two symbols more are at most 256 for every window up to m. */
export const MOST_STEPS = 127;

const MAX_CLAMP = 1_048_576;

/** @throws MechanismError `clamp-out-of-range` */
export function clampOf(domainSize: number): number {
  checkInteger('clamp-out-of-range', 'clamp + 1', domainSize, 2, MAX_CLAMP + 1);
  return domainSize - 1;
}

/**
 * The place of a value: its own, v m / clamp, or one of the two neighbours, so that the expectation is its own.
 * @param up - uniform in [0, clamp)
 */
export function placeOf(p: Pick<WindowParams, 'clamp' | 'steps'>, value: number, up: number): number {
  return Math.floor((value * p.steps + up) / p.clamp);
}

/** Out of `clamp`, how surely the window around the place of `value` holds `output`. */
export function insideOutOfClamp({ clamp, steps, window }: WindowParams, value: number, output: number): number {
  const place = Math.floor((value * steps) / clamp);
  const rest = (value * steps) % clamp;
  const holds = (start: number) => output >= start && output < start + window;
  return (holds(place) ? clamp - rest : 0) + (holds(place + 1) ? rest : 0);
}

/** The chance (E-1)w / (N + (E-1)w) of a report from the window, the others being uniform over all N outputs. */
export function keepOf(e: bigint, steps: number, window: number): Ratio {
  const excess = (e - SCALE) * BigInt(window);
  return { numerator: excess, denominator: BigInt(steps + window) * SCALE + excess };
}

/** The window of 1 .. steps that costs least, the smaller of two alike. */
export function bestWindow(steps: number, cost: (window: number) => Ratio): { window: number; cost: Ratio } {
  let best = { window: 1, cost: cost(1) };
  for (let window = 2; window <= steps; window++) {
    const next = cost(window);
    if (compare(next, best.cost) < 0) best = { window, cost: next };
  }
  return best;
}

/** What a report says, as estimates need it: in counts, and in doubles. */
export interface WindowMoments {
  /** Of each output: the number it says, whose expectation is the value. */
  readonly says: Float64Array;
  /** The expected square of its distance from clamp/2 is this plus 1/keep times that of the rounded count. */
  readonly noise: number;
}

export function windowMoments({ clamp, steps, window, outputs }: WindowParams, keep: number): WindowMoments {
  const unit = clamp / steps;
  const scatter = (keep * (window ** 2 - 1) + (1 - keep) * (outputs ** 2 - 1)) / 12;
  return {
    says: Float64Array.from(
      { length: outputs },
      (_, output) => clamp / 2 + (unit * (output - (outputs - 1) / 2)) / keep,
    ),
    noise: scatter * (unit / keep) ** 2,
  };
}

/** Variance of the rounding of a value, in squared counts. */
export function roundingOf({ clamp, steps }: Pick<WindowParams, 'clamp' | 'steps'>, value: number): number {
  const rest = (value * steps) % clamp;
  return (rest * (clamp - rest)) / steps ** 2;
}

/** The most it can be. */
export function mostRounding({ clamp, steps }: Pick<WindowParams, 'clamp' | 'steps'>): number {
  return steps === clamp ? 0 : (clamp / steps / 2) ** 2;
}
