import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { mustRun } from './run.mjs';

/**
 * What a compiler that makes CommonJS makes of an app: its packages are required when it runs.
 *
 * @param {string} folder
 * @param {string} entry
 * @param {string} outfile
 */
export async function asCommonJs(folder, entry, outfile) {
  const files = { absWorkingDir: folder, entryPoints: [entry], outfile };
  await build({ ...files, bundle: true, packages: 'external', format: 'cjs', platform: 'node', target: 'node20' });
}

/**
 * @param {string} folder
 * @param {string} entry
 * @param {string} outfile
 */
export async function asOneFile(folder, entry, outfile) {
  await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    // As for a page: no package may need anything of Node. What the app asserts with is the app's own.
    platform: 'browser',
    external: ['node:assert/strict'],
  });
}

/**
 * @param {string} folder
 * @param {readonly string[]} modules
 * @returns {Promise<string[]>} what an import that uses nothing brings into a bundle: must be empty
 */
export async function bareImports(folder, modules) {
  const stdin = { contents: modules.map((name) => `import '${name}';`).join('\n'), resolveDir: folder };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    format: 'esm',
    // Some subpaths are for Node alone.
    platform: 'node',
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  const text = outputFiles.map((file) => file.text.trim()).join('');
  return text === '' ? [] : [`an import of nothing brings ${text.slice(0, 200)}`];
}

/**
 * Compiles `types.ts`, and an import of every module, as an ES module and as CommonJS of Node and for a bundler; all
 * declarations are checked, with no types but the language's, the browser's and React's.
 *
 * @param {string} folder
 * @param {readonly string[]} modules
 */
export async function compile(folder, modules) {
  const every = modules.map((name, i) => `import * as module${i} from '${name}';`);
  const used = `export const all = [${modules.map((_, i) => `module${i}`).join(', ')}];`;
  const compilerOptions = {
    target: 'es2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const ways = [
    { files: ['types.mts', 'every.mts', 'types.cts', 'every.cts'], module: 'node16', moduleResolution: 'node16' },
    { files: ['types.ts', 'every.ts'], module: 'esnext', moduleResolution: 'bundler' },
  ];
  for (const { files, ...way } of ways) {
    for (const file of files) {
      if (file.startsWith('every')) await writeFile(join(folder, file), [...every, used].join('\n'));
      else if (file !== 'types.ts') await copyFile(join(folder, 'types.ts'), join(folder, file));
    }
    const config = `tsconfig.${way.moduleResolution}.json`;
    await writeFile(join(folder, config), JSON.stringify({ compilerOptions: { ...compilerOptions, ...way }, files }));
    await mustRun('tsc', ['--project', config, '--pretty', 'false'], { cwd: folder });
  }
}
