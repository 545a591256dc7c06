import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { messageOf, RegistryFileError } from './errors.js';

type Esbuild = typeof import('esbuild');

async function importEsbuild(path: string): Promise<Esbuild> {
  try {
    return await import('esbuild');
  } catch (error) {
    throw new RegistryFileError(
      'esbuild-missing',
      path,
      'reading TypeScript needs the package esbuild: install it (npm install --save-dev esbuild), or give the JSON that "dither-registry export" writes',
      { cause: error },
    );
  }
}

/**
 * What Node can load stays outside the bundle, under its absolute address: mechanisms and `defineRegistry` are then
 * the very modules this process uses, and the bundle may lie in any folder.
 */
const external: Plugin = {
  name: 'external',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === external.name || kind === 'entry-point' || path.startsWith('node:')) return undefined;
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: external.name });
      if (!/\.[cm]?js$/.test(found.path)) return found;
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

/**
 * Bundles a TypeScript module into one that Node 20 can import, with a source map.
 * @throws RegistryFileError `esbuild-missing`, `module-failed` with the position of what esbuild refuses
 */
export async function bundle(file: string, outfile: string, path: string): Promise<void> {
  const { build } = await importEsbuild(path);
  try {
    await build({
      entryPoints: [file],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [external],
    });
  } catch (error) {
    const { errors = [] } = error as { errors?: { text: string; location: { line: number; column: number } | null }[] };
    const [first] = errors;
    const position = first?.location ? { line: first.location.line, column: first.location.column + 1 } : undefined;
    throw new RegistryFileError('module-failed', path, first?.text ?? messageOf(error), { position, cause: error });
  }
}
