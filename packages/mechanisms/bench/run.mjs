// Runs a TypeScript file of this package: `node packages/mechanisms/bench/run.mjs speed.ts`. Node 20 strips no types,
// so esbuild bundles the file over the built package first; its types are checked by `tsc -b` like any test's.
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const [name] = process.argv.slice(2);
if (name === undefined) throw new Error('which file? for example: speed.ts');

const outfile = join(here, '..', 'node_modules', '.cache', `run-${process.pid}.mjs`);
try {
  await build({ entryPoints: [resolve(here, name)], bundle: true, platform: 'node', format: 'esm', outfile });
  process.chdir(join(here, '..'));
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(outfile, { force: true });
}
