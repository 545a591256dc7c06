import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from 'd3-scale';
import { numerals } from '../numerals.js';
import type { Axis } from '../page.js';

export interface Scale {
  /** The pixel of a number; of one beyond the axis, its end. */
  at(x: number): number;
  readonly ticks: readonly Tick[];
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Where an axis runs on the page, and what its numbers need there. */
export interface Span {
  /** Pixels of its first and its last number. */
  readonly from: number;
  readonly to: number;
  /** Ticks it should have at most. */
  readonly most: number;
  /** Whether it ends where the numbers do; else at round ones, and at zero where that costs little. */
  readonly isTight?: boolean;
  /** Whether labels stand free of each other; they always do where this is left out. */
  fits?(ticks: readonly Tick[]): boolean;
}

/** Whether an axis has a place for a number. Doubles beyond these would overflow when differences of them are taken. */
export function isDrawable(axis: Axis, x: number): boolean {
  return Math.abs(x) < 1e300 && (axis.scale === 'linear' || x > 1e-300);
}

/** An axis over numbers that are all drawable, of which there is one at least. */
export function scaleOf(axis: Axis, numbers: readonly number[], span: Span): Scale {
  const least = numbers.reduce((a, b) => Math.min(a, b));
  const most = numbers.reduce((a, b) => Math.max(a, b));
  const scale = axis.scale === 'log' ? logarithmic(least, most, span) : linear(least, most, span);
  scale.range([span.from, span.to]).clamp(true);
  return { at: (x) => scale(x), ticks: ticksOf(scale, axis, span) };
}

/** More ticks than these help nobody to read an even axis. */
const MOST_LINEAR = 8;

type D3Scale = ScaleContinuousNumeric<number, number>;

/** Zero is on the axis where it costs at most half of it, so that lengths can be compared. */
function linear(least: number, most: number, { most: count, isTight }: Span): D3Scale {
  // Closer together than this, ticks could not be told apart.
  const isOne = most - least <= 1e-9 * Math.max(Math.abs(least), Math.abs(most));
  if (isTight && !isOne) return scaleLinear().domain([least, most]);
  const low = least > 0 && (isOne || least <= most / 2) ? 0 : least;
  const high = most < 0 && (isOne || most >= least / 2) ? 0 : most;
  // Nothing but zero, or what is too small for a step of its own.
  return scaleLinear()
    .domain(high - low < 1e-300 ? [0, 1] : [low, high])
    .nice(Math.min(count, MOST_LINEAR));
}

function logarithmic(least: number, most: number, { isTight }: Span): D3Scale {
  if (isTight && most > least * (1 + 1e-9)) return scaleLog().domain([least, most]);
  const [low, high] = [roundDown(least), roundUp(most)];
  return scaleLog().domain(low < high ? [low, high] : [low / 10, high * 10]);
}

/** The next of 1, 2, 5, 10, ... : rounded to powers of ten, an axis from 0.5 to 4 would be empty for the most part. */
function roundDown(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x) + 1e-9);
  return ([5, 2].find((step) => step * power <= x * (1 + 1e-9)) ?? 1) * power;
}

function roundUp(x: number): number {
  const low = roundDown(x);
  if (low >= x * (1 - 1e-9)) return low;
  return low * (Math.round(low / 10 ** Math.floor(Math.log10(low) + 1e-9)) === 2 ? 2.5 : 2);
}

/** As many ticks as have room. */
function ticksOf(scale: D3Scale, axis: Axis, { most, fits = () => true }: Span): readonly Tick[] {
  const named = (numbers: readonly number[]): readonly Tick[] => {
    const labels = numerals(numbers, axis.format);
    return numbers.map((x, i) => ({ at: scale(x), label: labels[i] ?? '' }));
  };
  let best: readonly Tick[] = [];
  for (let count = most; count > 1; count--) {
    for (const numbers of axis.scale === 'log' ? logTicks(scale, count) : [scale.ticks(Math.min(count, MOST_LINEAR))]) {
      const ticks = named(numbers);
      if (ticks.length > best.length && ticks.length <= Math.max(most, 2) && fits(ticks)) best = ticks;
    }
  }
  return best.length > 0 ? best : named(scale.domain());
}

/**
 * Powers of ten, also with 3 times or 2 and 5 times them; of a short axis, which has hardly one of them, whatever there
 * is.
 */
function logTicks(scale: D3Scale, count: number): readonly (readonly number[])[] {
  const all = scale.ticks(count);
  const leading = (x: number): number => Number(x.toExponential(6).split('e')[0]);
  const round = [[1], [1, 3], [1, 2, 5]].map((leads) => all.filter((x) => leads.includes(leading(x))));
  return round.some((numbers) => numbers.length > 2) ? round : [all];
}
