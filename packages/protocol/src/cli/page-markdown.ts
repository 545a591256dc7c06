import { type Block, type Page, plain, type Table } from './page.js';

/** The page as Markdown (CommonMark, with GitHub's tables). */
export function toMarkdown({ title, blocks }: Page): string {
  return `${[`# ${escaped(title)}`, ...blocks.map(block)].join('\n\n')}\n`;
}

function block(part: Block): string {
  if ('heading' in part) return `${'#'.repeat(part.level)} ${escaped(part.heading)}`;
  if ('paragraph' in part) return escaped(part.paragraph);
  if ('list' in part) return part.list.map((item) => `- ${escaped(item)}`).join('\n');
  if ('facts' in part) return part.facts.map(([term, text]) => `- **${escaped(term)}:** ${escaped(text)}`).join('\n');
  return table(part.table);
}

function table({ head, rows, foot }: Table): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(head.map(escaped)),
    row(head.map(() => '---')),
    ...rows.map((cells) => row(cells.map(escaped))),
    row(foot.map((cell) => `**${escaped(cell)}**`)),
  ].join('\n');
}

/** So that any text is read as itself: no markup, no HTML, no heading, list or rule where a line begins. */
function escaped(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]#|~$]/g, '\\$&')
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])(?= |$)/, '$1\\$2');
}
