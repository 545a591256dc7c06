import { h, type Markup } from '../markup.js';
import type { Plot } from '../svg/axes.js';
import { fitted, widthOf } from '../svg/letters.js';
import { EDGE, type Size } from '../svg/size.js';
import { spread } from '../svg/spread.js';

/** The name of a line, and the end of that line. */
export interface Name {
  readonly label: string;
  /** A class; empty for the quiet one. */
  readonly colour: string;
  readonly x: number;
  readonly y: number;
  /** What it looks like, around a place. */
  sample(x: number, y: number): Markup;
}

/** Between two names. */
const GAP = 20;
/** At most for the longest of them. */
const LONGEST = 210;
/** Between the plot and the samples before names, for the lines that lead there, and from these to the names. */
const LEADER = 24;
const SAMPLE = 12;

/** Room beside the plot for names; undefined where there is too little. */
export function roomOf(labels: readonly string[], { name, height, fontSize }: Size): number | undefined {
  if (name === 'narrow' || (labels.length - 1) * GAP > height) return undefined;
  return LEADER + SAMPLE + Math.min(LONGEST, Math.max(...labels.map((label) => widthOf(label, fontSize)))) + EDGE;
}

/** Each beside the end of its line, or as near as its neighbours let it, with a line that leads there. */
export function namesBeside(
  names: readonly Name[],
  { right, top, bottom }: Plot,
  { fontSize }: Size,
): readonly Markup[] {
  const wanted = names.map(({ y }) => y);
  const places = spread(wanted, GAP, top, bottom);
  return names.map(({ label, colour, x, y, sample }, i) => {
    const at = places[i] ?? y;
    // Of a line that ends early there is a name beside the plot, and nothing across it.
    const start = x < right - LEADER ? right + 5 : Math.min(x + 7, right + 5);
    const points = [
      [start, y],
      [right + 5, y],
      [right + LEADER - 8, at],
    ];
    return h(
      'g',
      {},
      h('polyline', {
        class: `leader ${colour}`,
        points: points.map((point) => point.map((n) => n.toFixed(2)).join(',')).join(' '),
      }),
      sample(right + LEADER, at),
      h('text', { x: right + LEADER + SAMPLE, y: at, dy: '.35em' }, fitted(label, LONGEST, fontSize)),
    );
  });
}
