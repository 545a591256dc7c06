import { visible } from '../format.js';
import { isRead } from './columns.js';
import type { Table } from './page.js';

/** Letters of a row's name at most: the rest of it is in the HTML file. */
const LONGEST_NAME = 40;
const GAP = 2;

/**
 * The lines of a table, header first, no line wider than `width` where its cells allow that: columns that have no room
 * beside the first ones follow in a block of their own, under the same names.
 */
export function tableLines(table: Table, width: number): readonly (readonly string[])[] {
  const { header, rows } = table;
  const cells = [header, ...rows].map(([name = '', ...others]) => [shortened(visible(name)), ...others.map(visible)]);
  const widths = header.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const blocks: number[][] = [];
  let taken = Number.POSITIVE_INFINITY;
  for (let i = 1; i < header.length; i++) {
    const needed = GAP + (widths[i] ?? 0);
    if (taken + needed > width) {
      blocks.push([0]);
      taken = widths[0] ?? 0;
    }
    blocks.at(-1)?.push(i);
    taken += needed;
  }
  if (blocks.length === 0) blocks.push([0]);
  const padded = (text: string, i: number): string =>
    isRead(table, i) ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0);
  return blocks.map((columns) =>
    cells.map((row) =>
      columns
        .map((i) => padded(row[i] ?? '', i))
        .join(' '.repeat(GAP))
        .trimEnd(),
    ),
  );
}

function shortened(name: string): string {
  const letters = Array.from(name);
  return letters.length <= LONGEST_NAME ? name : `${letters.slice(0, LONGEST_NAME - 3).join('')}...`;
}
