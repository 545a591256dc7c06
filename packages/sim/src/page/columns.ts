import type { Table } from './page.js';

/** So many words in a row are no number and its unit. */
const PROSE = /\p{L}+ \p{L}+ \p{L}+/u;

/**
 * Whether a column is to be read, from the left, rather than compared by its digits: the first one, and one of
 * sentences.
 */
export function isRead({ rows }: Table, column: number): boolean {
  return column === 0 || rows.some((cells) => PROSE.test(cells[column] ?? ''));
}
