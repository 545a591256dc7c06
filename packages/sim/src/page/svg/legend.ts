import { h, type Markup } from '../markup.js';
import { fitted, widthOf } from './letters.js';
import type { Size } from './size.js';

export interface LegendEntry {
  readonly label: string;
  /** Pixels that its sample takes. */
  readonly room: number;
  /** What it looks like, around a place. */
  sample(x: number, y: number): Markup;
}

/** Room of a sample that is a line, or a mark. */
export const LINE_ROOM = 28;
export const MARK_ROOM = 12;

const LINE_HEIGHT = 22;

/** What the marks mean, in as many lines as it takes, from the top. */
export function legend(entries: readonly LegendEntry[], { width, fontSize }: Size): { markup: Markup; height: number } {
  let [left, line] = [0, 0];
  const drawn = entries.map(({ label, room, sample }) => {
    const text = fitted(label, width - room - 8, fontSize);
    const needed = room + 8 + widthOf(text, fontSize);
    if (left > 0 && left + needed > width) [left, line] = [0, line + 1];
    const [x, y] = [left, (line + 0.5) * LINE_HEIGHT];
    left += needed + 18;
    return [sample(x + room / 2, y), h('text', { x: x + room + 8, y, dy: '.35em' }, text)];
  });
  return { markup: h('g', {}, drawn), height: entries.length === 0 ? 0 : (line + 1) * LINE_HEIGHT + 6 };
}
