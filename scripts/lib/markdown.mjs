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

/** A fenced block with `<!-- run -->` on the line before it. */
const MARKED = /^<!-- run -->\n(`{3,})([^\n`]*)\n([\s\S]*?)^\1`*[ \t]*$/gm;

/**
 * @param {string} text
 * @returns {{ line: number, language: string, code: string }[]} the blocks to run; `line` is that of the first of code
 */
export function snippets(text) {
  return [...text.matchAll(MARKED)].map((match) => {
    const [, , language = '', code = ''] = match;
    return { line: text.slice(0, match.index).split('\n').length + 2, language: language.trim(), code };
  });
}
