/**
 * Run by `pnpm pack` and `pnpm publish` in a package's folder. The workspace itself lives on the ES modules that `tsc -b`
 * makes; what else its package.json promises is made here: CommonJS where `exports` has `require`, and one file for
 * `<script>` where there is `unpkg`. Takes away what former sources left in `dist`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeCommonJs } from './lib/cjs.mjs';
import { iifeOf } from './lib/iife.mjs';
import { removeLeftovers } from './lib/leftovers.mjs';
import { mustRun } from './lib/run.mjs';

const directory = process.cwd();
/** @type {import('./lib/workspace.mjs').Manifest} */
const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));

await mustRun('tsc', ['-b', directory]);
await removeLeftovers(directory);
if (Object.values(manifest.exports).some((target) => typeof target !== 'string' && 'require' in target))
  await writeCommonJs(directory);
if (manifest.unpkg !== undefined) await build(iifeOf({ directory, manifest }));
