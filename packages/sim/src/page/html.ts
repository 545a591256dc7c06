import { chartHtml } from './charts/chart.js';
import { dataOf } from './charts/data.js';
import { commandLine } from './command-line.js';
import { tableHtml } from './html-table.js';
import { h, type Markup } from './markup.js';
import type { Page, Section } from './page.js';
import { STYLE } from './style.js';

/** From so many sections on, the page begins with a list of them. */
const MANY_SECTIONS = 4;

/** The page as one file that asks for nothing else: no script, no font, no picture from anywhere. */
export function pageHtml(page: Page): string {
  const document = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      {},
      h('meta', { charset: 'utf-8' }),
      h('meta', {
        'http-equiv': 'Content-Security-Policy',
        content: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
      }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('title', {}, page.title),
      h('style', {}, { markup: STYLE }),
    ),
    h(
      'body',
      {},
      h(
        'header',
        {},
        h('h1', {}, page.title),
        page.lead.map((sentence) => h('p', { class: 'lead' }, sentence)),
      ),
      h('main', {}, facts(page), contents(page), page.sections.map(section)),
      h(
        'footer',
        {},
        h('h2', { id: 'again' }, 'The same again'),
        h('pre', { tabindex: 0, role: 'group', 'aria-labelledby': 'again' }, h('code', {}, commandLine(page.command))),
      ),
    ),
  );
  return `<!doctype html>\n${document.markup}\n`;
}

function facts({ facts }: Page): Markup | undefined {
  if (facts.length === 0) return undefined;
  return h(
    'dl',
    {},
    facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

function contents({ sections }: Page): Markup | undefined {
  if (sections.length < MANY_SECTIONS) return undefined;
  const links = sections.map(({ heading }, i) => h('li', {}, h('a', { href: `#${idOf(i)}` }, heading)));
  return h('nav', { 'aria-label': 'Contents' }, h('ol', {}, links));
}

function idOf(i: number): string {
  return `section-${i + 1}`;
}

function section({ heading, sentence, chart, table, notes = [] }: Section, i: number): Markup {
  const id = idOf(i);
  const data = chart && dataOf(chart);
  // A table that leaves nothing of the chart out needs no second one beside it.
  const isMissing = data !== undefined && data.rows.length > (table?.rows.length ?? 0);
  return h(
    'section',
    {},
    h('h2', { id }, heading),
    h('p', { class: 'sentence' }, sentence),
    chart && chartHtml(chart, heading, id),
    table && tableHtml(table, heading, `${id}-table`),
    isMissing ? details(tableHtml(data, `Numbers of the chart: ${heading}`, `${id}-data`)) : undefined,
    notes.map((note) => h('p', { class: 'note' }, note)),
  );
}

function details(content: Markup): Markup {
  return h('details', {}, h('summary', {}, 'Numbers of the chart'), content);
}
