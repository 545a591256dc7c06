import { h, type Markup } from '../markup.js';
import type { Axis } from '../page.js';
import { fitted, widthOf } from './letters.js';
import { type Scale, scaleOf, type Tick } from './scale.js';
import { EDGE, type Size } from './size.js';

/** Where data are drawn, in pixels of the picture. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Room under a plot for the numbers and the name of its axis. */
export const FOOT = 50;

/** An axis to the right, its numbers free of each other and inside the picture. */
export function xScale(
  axis: Axis,
  numbers: readonly number[],
  { left, right }: Plot,
  size: Size,
  { isTight }: { readonly isTight: boolean } = { isTight: false },
): Scale {
  return scaleOf(axis, numbers, {
    isTight,
    from: left,
    to: right,
    most: Math.max(2, Math.floor((right - left) / size.tickGap.x) + 1),
    fits: (ticks) => {
      const ends = ticks.map((tick) => within(tick, size));
      return ends.every(({ from }, i) => i === 0 || from - (ends[i - 1]?.to ?? 0) >= 8);
    },
  });
}

/** Numbers under a plot, lines up through it, and what they are. */
export function xAxis(axis: Axis, { ticks }: Scale, { left, right, top, bottom }: Plot, size: Size): Markup {
  return h(
    'g',
    {},
    ticks.map(({ at }) => h('line', { class: 'grid', x1: at, x2: at, y1: top, y2: bottom })),
    ticks.map((tick) => h('text', { class: 'tick mid', x: within(tick, size).middle, y: bottom + 21 }, tick.label)),
    h(
      'text',
      { class: 'axis mid', x: (left + right) / 2, y: bottom + 41 },
      fitted(axis.label, right - left, size.fontSize),
    ),
  );
}

/** The place of a label under a tick, moved where it would leave the picture. */
function within({ at, label }: Tick, { width, fontSize }: Size): { from: number; middle: number; to: number } {
  const half = widthOf(label, fontSize) / 2;
  const middle = Math.max(half, Math.min(width - half, at));
  return { from: middle - half, middle, to: middle + half };
}

/** An axis upwards. */
export function yScale(axis: Axis, numbers: readonly number[], top: number, bottom: number, size: Size): Scale {
  return scaleOf(axis, numbers, {
    from: bottom,
    to: top,
    most: Math.max(2, Math.floor((bottom - top) / size.tickGap.y)),
  });
}

/** Room to the left of a plot for the numbers of its axis upwards. */
export function yRoom({ ticks }: Scale, { fontSize }: Size): number {
  return EDGE + Math.max(0, ...ticks.map(({ label }) => widthOf(label, fontSize))) + 8;
}

/**
 * Numbers beside a plot and lines through it; the name of the axis stands above, to be read without turning one's head.
 */
export function yAxis({ ticks }: Scale, { left, right }: Plot): Markup {
  return h(
    'g',
    {},
    ticks.map(({ at }) => h('line', { class: 'grid', x1: left, x2: right, y1: at, y2: at })),
    ticks.map(({ at, label }) => h('text', { class: 'tick end', x: left - 8, y: at, dy: '.35em' }, label)),
  );
}
