/**
 * Runs a TypeScript file of a package, its types aside (Node 20 strips none; `tsc -b` checks them):
 * `node scripts/run-ts.mjs packages/mechanisms/bench/speed.ts [argument ...]`. The working folder is the package's.
 */
import { existsSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) throw new Error('which file? for example: packages/mechanisms/bench/speed.ts');
const entry = resolve(file);
const directory = packageOf(entry);
// In the package, so that imports of its dependencies, and of itself as built, are found.
const outfile = join(directory, 'dist', `run-${process.pid}.mjs`);
await build({ entryPoints: [entry], outfile, bundle: true, packages: 'external', platform: 'node', format: 'esm' });
process.on('exit', () => rmSync(outfile, { force: true }));
process.chdir(directory);
process.argv = [process.execPath, entry, ...args];
await import(pathToFileURL(outfile).href);

/**
 * @param {string} path
 * @returns {string} the nearest folder above it with a package.json
 */
function packageOf(path) {
  const folder = dirname(path);
  return folder === path || existsSync(join(folder, 'package.json')) ? folder : packageOf(folder);
}
