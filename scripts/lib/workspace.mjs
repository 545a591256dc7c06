import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @typedef {object} Manifest what the checks read of a package.json
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string | { default: string }>} exports
 * @property {Record<string, string>} [bin]
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
