import { join } from 'node:path';

/** The SDK of a page without a build step: all that declares a registry, every mechanism, and the person's view. */
const CONTENTS = `
export * from './index.js';
export * as mechanisms from './mechanisms.js';
export * from './inspect.js';
`;

/**
 * A classic script with one global, `Dither`, to the file that `unpkg` of package.json names.
 *
 * @param {import('./workspace.mjs').Package} sdk built
 * @returns {import('esbuild').BuildOptions}
 */
export function iifeOf({ directory, manifest: { name, version, license, unpkg = '' } }) {
  return {
    stdin: { contents: CONTENTS, resolveDir: join(directory, 'dist') },
    outfile: join(directory, unpkg),
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'Dither',
    platform: 'browser',
    target: 'es2022',
    banner: { js: `/*! ${name} ${version}, ${license} */` },
    logLevel: 'warning',
  };
}
