import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

const FENCED = /^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2`*[ \t]*$/gm;

/** @returns {string[]} paths of the repository's Markdown files, new ones included */
export function documents() {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '*.md'];
  const names = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
  return names
    .filter((name) => name !== '')
    .map((name) => join(root, name))
    .filter((path) => existsSync(path));
}

/**
 * @param {string} text
 * @returns {string} the same with code left out, in which brackets are no links
 */
export function withoutCode(text) {
  return text.replace(FENCED, '').replace(/`[^`\n]+`/g, '');
}

/**
 * @param {string} text
 * @returns {Set<string>} the fragments its headings are reached by, as GitHub makes them
 */
export function headings(text) {
  const titles = [...text.replace(FENCED, '').matchAll(/^#{1,6} +(.+?)[ #]*$/gm)];
  return new Set(
    titles.map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** A fenced block with one of the three marks on the line before it. */
const MARKED = /^<!-- (run|check|continue)(?: (webworker))? -->\n(`{3,})([^\n`]*)\n([\s\S]*?)^\3`*[ \t]*$/gm;

/**
 * @typedef {object} Snippet
 * @property {number} line of the document: that of the first of code
 * @property {string} language
 * @property {string} code
 * @property {boolean} isRun or only type-checked
 * @property {boolean} isWorker of a web worker: there is no document, but what workers have
 */

/**
 * The blocks that are to be run (`<!-- run -->`) or, where they need a browser or a phone, to be type-checked
 * (`<!-- check -->`, `<!-- check webworker -->`). One marked `<!-- continue -->` is the rest of the one before it.
 *
 * @param {string} text
 * @returns {Snippet[]}
 */
export function snippets(text) {
  /** @type {Snippet[]} */
  const found = [];
  for (const match of text.matchAll(MARKED)) {
    const [, mark, lib, , language = '', code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + 2;
    const before = found.at(-1);
    if (mark !== 'continue') {
      found.push({ line, language: language.trim(), code, isRun: mark === 'run', isWorker: lib !== undefined });
    } else if (before?.language !== language.trim()) throw new Error(`line ${line}: there is nothing to continue`);
    else before.code += code;
  }
  return found;
}
