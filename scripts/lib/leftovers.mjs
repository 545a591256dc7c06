import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What `tsc` makes of a source. */
const MADE = /(\.d\.ts|\.js)(\.map)?$/;

/**
 * Removes from `dist` what no source makes any more, and all that an earlier packing made: `tsc -b` leaves both.
 *
 * @param {string} directory of a package
 */
export async function removeLeftovers(directory) {
  const dist = join(directory, 'dist');
  await rm(join(dist, 'cjs'), { recursive: true, force: true });
  const files = (await readdir(dist, { recursive: true })).filter((file) => MADE.test(file));
  const sources = (/** @type {string} */ file) =>
    ['.ts', '.tsx'].map((ending) => join(directory, 'src', file.replace(MADE, ending)));
  const leftovers = files.filter((file) => !sources(file).some((source) => existsSync(source)));
  await Promise.all(leftovers.map((file) => rm(join(dist, file))));
}
