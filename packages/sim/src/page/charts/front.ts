import { h, type Markup } from '../markup.js';
import type { Plot } from '../svg/axes.js';
import type { Box } from './scatter-labels.js';

export type Corner = readonly [x: number, y: number];

/** Half the room that a line keeps free of labels. */
const AIR = 2;

/**
 * Down from the upper edge to the right edge of a plot, by way of points of which none is better than another in both.
 */
export function stairs(
  points: readonly { readonly x: number; readonly y: number }[],
  { right, top }: Plot,
): readonly Corner[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || b.y - a.y);
  const corners: Corner[] = [];
  for (const { x, y } of sorted) corners.push([x, corners.at(-1)?.[1] ?? top], [x, y]);
  const last = corners.at(-1);
  return last === undefined ? [] : [...corners, [right, last[1]]];
}

export function frontLine(corners: readonly Corner[]): Markup {
  const points = corners.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' ');
  return h('polyline', { class: 'front', points });
}

/** What labels must leave free of each stretch. */
export function stretches(corners: readonly Corner[]): readonly Box[] {
  return corners.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = corners[i] ?? [x, y];
    return {
      left: Math.min(x, fromX) - AIR,
      right: Math.max(x, fromX) + AIR,
      top: Math.min(y, fromY) - AIR,
      bottom: Math.max(y, fromY) + AIR,
    };
  });
}
