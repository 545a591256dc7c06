import { isRead } from './columns.js';
import { h, type Markup } from './markup.js';
import type { Table } from './page.js';

/** Letters from which on what is in a cell is broken into lines, and a row's name on a small screen. */
const LONG = 24;
const MIDDLE = 16;
/** What a column takes at least, in sizes of the font, as long as there is room: a small table is not torn apart. */
const COLUMN = 8;

/** A table in a box that scrolls where the screen is too narrow, by keys, too. */
export function tableHtml(table: Table, caption: string, id: string): Markup {
  const { header, rows, left } = table;
  const classes = header.map((_, i) => (isRead(table, i) ? 'read' : ''));
  const row = (cells: readonly string[], scope?: 'col'): Markup =>
    h(
      'tr',
      {},
      cells.map((text, i) => cell(text, classes[i] ?? '', scope ?? (i === 0 ? 'row' : undefined))),
    );
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'scroll', role: 'group', tabindex: 0, 'aria-labelledby': id },
      h(
        'table',
        { style: `min-width:min(100%,${COLUMN * header.length}rem)` },
        h('caption', { id, class: 'unseen' }, caption),
        h('thead', {}, row(header, 'col')),
        h(
          'tbody',
          {},
          rows.map((cells) => row(cells)),
        ),
      ),
    ),
    left === undefined ? undefined : h('p', { class: 'note' }, left),
  );
}

/** A header of a column or a row, unless it says nothing. */
function cell(text: string, name: string, scope: 'col' | 'row' | undefined): Markup {
  const length = text.length > LONG ? 'long' : text.length > MIDDLE ? 'middle' : '';
  const classes = { class: [name, length].filter((it) => it !== '').join(' ') || undefined };
  return scope === undefined || text === '' ? h('td', classes, text) : h('th', { scope, ...classes }, text);
}
