import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { iifeOf } from './iife.mjs';
import { packages, root } from './workspace.mjs';

/**
 * Bundles a module as a page's bundler does.
 *
 * @param {string} contents
 * @param {{ minify?: boolean }} [options] names of functions survive unless it is minified
 */
export async function bundle(contents, { minify = true } = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: join(root, 'packages', 'sdk') },
    absWorkingDir: root,
    bundle: true,
    minify,
    format: 'esm',
    // Neither a browser nor Node: nothing of either may be needed, but by what is for Node alone.
    platform: 'neutral',
    external: ['node:*', 'react'],
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { text: outputFiles.map((file) => file.text).join(''), inputs: used.map(([input]) => input) };
}

/** @param {string} contents @returns {Promise<number>} bytes gzipped */
export async function measure(contents) {
  const { text } = await bundle(contents);
  return sizeOf(text);
}

/** The same of the file for `<script>`. */
export async function measureScript() {
  const sdk = packages().find(({ manifest }) => manifest.unpkg !== undefined);
  if (sdk === undefined) throw new Error('no package has a file for <script>');
  const { outputFiles } = await build({ ...iifeOf(sdk), write: false });
  return sizeOf(outputFiles.map((file) => file.text).join(''));
}

/**
 * @param {string} contents
 * @param {string} file to write it to
 * @returns {Promise<number>} bytes gzipped
 */
export async function writeBundle(contents, file) {
  const { text } = await bundle(contents);
  await writeFile(file, text);
  return sizeOf(text);
}

/** @param {string} text */
function sizeOf(text) {
  return gzipSync(text, { level: 9 }).length;
}
