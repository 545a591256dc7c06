#!/usr/bin/env node
/** Writes the vectors anew from test/vectors/build.ts: node packages/protocol/vectors/generate.mjs, after a build. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
// Inside the package, so that what stays outside the bundle is found.
const folder = await mkdtemp(join(root, 'vectors', '.build-'));
try {
  const outfile = join(folder, 'build.mjs');
  const entry = join(root, 'test', 'vectors', 'build.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', packages: 'external' });
  const { vectorFiles } = await import(pathToFileURL(outfile).href);
  for (const [name, text] of Object.entries(vectorFiles())) await writeFile(join(root, 'vectors', name), text);
} finally {
  await rm(folder, { recursive: true, force: true });
}
