import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

/** In this order: a reviewer looks for the same thing in the same place. */
const SECTIONS = ['Citation', 'Guarantee', 'Estimator', 'Report', 'Use when', 'Not when'];

/**
 * What the header of a mechanism's file says, and the docstring of its `params`.
 *
 * @param {string} id
 * @throws {Error} naming the section that is missing or out of order
 */
export function headerOf(id) {
  const path = join(root, 'packages', 'mechanisms', 'src', 'mechanisms', `${id}.ts`);
  return headerIn(readFileSync(path, 'utf8'), path);
}

/**
 * @param {string} source of a mechanism
 * @param {string} path to name in errors
 */
export function headerIn(source, path) {
  const lines = commentLines(source.match(/^\/\*\*\n(.*?)\n \*\//s)?.[1] ?? '');
  const starts = SECTIONS.map((name) => lines.findIndex((line) => line.startsWith(`${name}: `)));
  const misplaced = SECTIONS.find((_, i) => (starts[i] ?? -1) <= (starts[i - 1] ?? 0));
  if (misplaced !== undefined)
    throw new Error(`${path}: the header has no section "${misplaced}:", or not in its place`);
  const sections = SECTIONS.map((name, i) => {
    const text = lines.slice(starts[i], starts[i + 1] ?? lines.length).join(' ');
    return /** @type {const} */ ([name, joined(text.slice(name.length + 2))]);
  });
  const docs = paramsDocs(source, path);
  return {
    title: joined(lines.slice(0, starts[0]).join(' ')),
    sections: /** @type {Record<string, string>} */ (Object.fromEntries(sections)),
    ...docs,
  };
}

/** @param {string} source @param {string} path */
function paramsDocs(source, path) {
  const before = source.slice(0, source.search(/^export (function params\(|const params\b)/m));
  const comment = before.slice(before.lastIndexOf('/**'));
  const tags = commentLines(comment.slice(3, comment.lastIndexOf('*/')))
    .join(' ')
    .split(/ ?(?=@(?:param|returns|throws) )/);
  const params = tags.filter((tag) => tag.startsWith('@param ')).map((tag) => option(tag));
  const thrown = tags.find((tag) => tag.startsWith('@throws '))?.replace('@throws MechanismError ', '') ?? '';
  if (params.length === 0 || thrown === '') throw new Error(`${path}: params says no @param options.* or no @throws`);
  return { params, throws: joined(thrown) };
}

/** @param {string} tag such as "@param options.epsilon - of one report" */
function option(tag) {
  const [, names = '', text = ''] = tag.match(/^@param ((?:options\.\w+(?:, )?)+) - (.*)$/) ?? [];
  return `${names.replace(/options\.(\w+)/g, '`$1`')}: ${joined(text)}`;
}

/** @param {string} comment */
function commentLines(comment) {
  return comment
    .split('\n')
    .map((line) => line.replace(/^ \* ?/, '').trim())
    .filter((line) => line !== '');
}

/** Pipes would end a table's cell. @param {string} text */
function joined(text) {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}
