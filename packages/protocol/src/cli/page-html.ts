import { type Block, type Page, plain, type Table } from './page.js';

/** Dark on light or light on dark, as the reader's system has it; nothing is loaded. */
const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.25; margin-top: 2.5rem; }
dt { font-weight: 600; margin-top: .75rem; }
dd { margin-left: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid; padding: .4rem .75rem .4rem 0; text-align: left; vertical-align: top; }
`;

/** The page as one HTML file that needs no other. Should anything of a text get past the escaping, no script may run. */
export function toHtml({ title, blocks }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${blocks.map(block).join('\n')}
</main>
</body>
</html>
`;
}

function block(part: Block): string {
  if ('heading' in part) return `<h${part.level}>${escaped(part.heading)}</h${part.level}>`;
  if ('paragraph' in part) return `<p dir="auto">${escaped(part.paragraph)}</p>`;
  if ('list' in part) return `<ul>\n${part.list.map((item) => `<li>${escaped(item)}</li>\n`).join('')}</ul>`;
  if ('facts' in part) {
    return `<dl>\n${part.facts.map(([term, text]) => `<dt>${escaped(term)}</dt><dd dir="auto">${escaped(text)}</dd>\n`).join('')}</dl>`;
  }
  return table(part.table);
}

function table({ head, rows, foot }: Table): string {
  return [
    '<table>',
    `<thead><tr>${head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('')}</tr></thead>`,
    '<tbody>',
    ...rows.map(row),
    '</tbody>',
    `<tfoot>${row(foot)}</tfoot>`,
    '</table>',
  ].join('\n');
}

function row([first = '', ...others]: readonly string[]): string {
  const cells = others.map((cell) => `<td>${escaped(cell)}</td>`).join('');
  return `<tr><th scope="row">${escaped(first)}</th>${cells}</tr>`;
}

const ENTITIES: { readonly [mark: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return plain(text).replace(/[&<>"']/g, (mark) => ENTITIES[mark] as string);
}
