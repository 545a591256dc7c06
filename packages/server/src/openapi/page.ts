import { createHash } from 'node:crypto';
import type { openApiDocument } from './document.js';
import { Html, html } from './html.js';

/** What of a document the page shows: `openApiDocument` writes no other. */
interface Shown {
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: { readonly [path: string]: { readonly [method: string]: ShownOperation } };
}

interface ShownOperation {
  readonly summary: string;
  readonly description: string;
  readonly security: readonly { readonly token?: readonly string[] }[];
  readonly parameters: readonly {
    readonly in: string;
    readonly name: string;
    readonly description?: string;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: ShownContent };
  readonly responses: { readonly [status: string]: { readonly description: string; readonly content?: ShownContent } };
}

type ShownContent = { readonly [mediaType: string]: { readonly schema: object } };

const STYLE = `:root{color-scheme:light dark;--line:#8884}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
code,pre{font:14px/1.4 ui-monospace,monospace}
pre{overflow:auto;max-height:24rem;padding:.5rem;border:1px solid var(--line)}
h2{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th{white-space:nowrap}
h2 code{font-size:inherit}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
summary{cursor:pointer}`;

/** No script, nothing from elsewhere, one style by its hash; in no frame. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The document as one page that needs nothing else. */
export function documentPage(document: ReturnType<typeof openApiDocument>): string {
  const { info, paths } = document as unknown as Shown;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, ...operation })),
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${info.title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<h1>${info.title}</h1>
<p>${prose(info.description)}</p>
<p>As data: <a href="openapi.json">openapi.json</a></p>
<ul>${operations.map(({ name, summary }) => html`<li><a href="#${anchor(name)}"><code>${name}</code></a> ${summary}</li>`)}</ul>
${operations.map(section)}
</body>
</html>
`.text;
}

function section(operation: ShownOperation & { readonly name: string }): Html {
  const { name, summary, description, security, parameters, requestBody, responses } = operation;
  const [scope] = security.flatMap(({ token = [] }) => token);
  return html`<h2 id="${anchor(name)}"><code>${name}</code></h2>
<p>${summary}. ${prose(description)}</p>
${scope === undefined ? '' : html`<p>For a token with the scope <code>${scope}</code>.</p>`}
${parameters.length === 0 ? '' : parameterTable(parameters)}
${requestBody === undefined ? '' : html`<h3>Body</h3>${bodies(requestBody.content)}`}
<h3>Answers</h3>
<table>${Object.entries(responses).map(
    ([status, response]) =>
      html`<tr><th>${status}</th><td>${response.description.split('\n\n').map((line) => html`<div>${prose(line)}</div>`)}</td></tr>`,
  )}</table>
${bodies(responses['200']?.content ?? {})}
`;
}

function parameterTable(parameters: ShownOperation['parameters']): Html {
  return html`<h3>Parameters</h3><table>${parameters.map(
    (one) => html`<tr><th><code>${one.name}</code></th><td>${one.in}</td><td>${one.description ?? ''}</td></tr>`,
  )}</table>`;
}

function bodies(content: ShownContent): readonly Html[] {
  return Object.entries(content).map(
    ([type, { schema }]) =>
      html`<details><summary><code>${type}</code></summary><pre>${JSON.stringify(schema, null, 2)}</pre></details>`,
  );
}

/** Text with code between backquotes. */
function prose(text: string): readonly Html[] {
  return text.split('`').map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}

function anchor(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
