import { styleText } from 'node:util';
import { visible } from '../format.js';
import { policy } from '../policy.js';
import { commandLine } from './command-line.js';
import type { Page, Section, Table } from './page.js';
import { withBars } from './text-bars.js';
import { tableLines } from './text-table.js';

/**
 * The page for a terminal. Charts are left to the HTML file, but for bars beside a table that has the rows of a chart.
 */
export function pageText(page: Page, { isColoured }: { readonly isColoured: boolean }): string {
  const style: Style = (format, text) =>
    isColoured && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  const blocks = [
    page.lead.map((sentence) => style('bold', wrapped(sentence))).join('\n'),
    facts(page, style),
    ...page.sections.map((section) => sectionText(section, style)),
    [style('dim', 'The same again:'), visible(commandLine(page.command))].join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

type Style = (format: 'bold' | 'dim' | 'cyan', text: string) => string;

function facts({ facts }: Page, style: Style): string {
  const shown = facts.map((fact) => fact.map(visible));
  const width = Math.max(...shown.map(([name = '']) => name.length));
  return shown.map(([name = '', value = '']) => `${style('dim', name.padEnd(width))}  ${value}`).join('\n');
}

function sectionText({ heading, sentence, chart, table, notes = [] }: Section, style: Style): string {
  const shown = chart?.kind === 'intervals' ? withBars(table, chart) : table;
  return [
    `${style('cyan', visible(heading))}\n${wrapped(sentence)}`,
    ...(shown === undefined ? [] : [tableText(shown, style)]),
    ...(shown === undefined && chart !== undefined ? [style('dim', ON_PAGE)] : []),
    ...(notes.length === 0 ? [] : [notes.map((note) => style('dim', wrapped(note))).join('\n')]),
  ].join('\n\n');
}

/** In place of a chart that has no table beside it. */
const ON_PAGE = '(a chart: --out FILE.html)';

const INDENT = '  ';

function tableText(table: Table, style: Style): string {
  const blocks = tableLines(table, policy.textColumns - INDENT.length).map(([head = '', ...lines]) =>
    [style('dim', head), ...lines].map((line) => `${INDENT}${line}`).join('\n'),
  );
  const { left } = table;
  return `${blocks.join('\n\n')}${left === undefined ? '' : `\n${style('dim', `${INDENT}${visible(left)}`)}`}`;
}

/** Broken between words where a line would be wider than a page. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of visible(text).split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= policy.textColumns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join('\n');
}
