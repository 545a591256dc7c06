import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { documents } from './markdown.mjs';
import { refuseAny } from './step.mjs';
import { root } from './workspace.mjs';

/**
 * The documents that have a generated block between `<!-- name -->` and `<!-- /name -->`, and what they are to be.
 *
 * @param {string} name
 * @param {string} text of the block
 */
function wanted(name, text) {
  const block = new RegExp(`^<!-- ${name} -->\\n[\\s\\S]*?^<!-- /${name} -->$`, 'gm');
  return documents().flatMap((path) => {
    const old = readFileSync(path, 'utf8');
    // A function: a $ in the text is a $.
    const fresh = old.replace(block, () => `<!-- ${name} -->\n\n${text}\n\n<!-- /${name} -->`);
    return block.test(old) ? [{ path, old, fresh }] : [];
  });
}

/** @param {string} name @param {string} text */
export function writeBlocks(name, text) {
  const pages = wanted(name, text);
  for (const { path, fresh } of pages) writeFileSync(path, fresh);
  return `written to ${pages.length} document(s)`;
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string} command that writes them
 * @throws {Error} if a document has something else
 */
export function compareBlocks(name, text, command) {
  const pages = wanted(name, text);
  refuseAny(
    pages
      .filter(({ old, fresh }) => old !== fresh)
      .map(({ path }) => `${relative(root, path)}: the block "${name}" is not what ${command} writes`),
  );
  return `as in ${pages.length} document(s)`;
}
