import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @typedef {object} Manifest what the checks read of a package.json
 * @property {string} name
 * @property {string} version
 * @property {string} license
 * @property {Record<string, string | { default: string } | { import: { default: string }, require: { default: string } }>} exports
 * @property {string} [unpkg]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 */

/** @typedef {{ directory: string, manifest: Manifest }} Package */

/** @returns {Package[]} the packages that are published */
export function packages() {
  const folder = join(root, 'packages');
  return readdirSync(folder).map((name) => {
    const directory = join(folder, name);
    return { directory, manifest: JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) };
  });
}
