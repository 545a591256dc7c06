/**
 * Runs the examples of the documentation: each `ts` and `sh` block with `<!-- run -->` on the line before its fence.
 * TypeScript is type-checked as strictly as the packages and run in a folder of its own, from which every package of
 * the workspace can be imported; shell commands run in the repository's folder, as a reader of a clone would type them.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { documents, snippets } from './lib/markdown.mjs';
import { mustRun } from './lib/run.mjs';
import { step } from './lib/step.mjs';
import { inTemporaryFolder } from './lib/temporary.mjs';
import { root } from './lib/workspace.mjs';

/** Milliseconds: the demo at full size takes up to two minutes. */
const TIMEOUT = 300_000;

await step(async () => {
  // Only the examples depend on every package.
  const cache = join(root, 'examples', 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const found = (await Promise.all(documents().map(read))).flat();
  return inTemporaryFolder(async (folder) => {
    const modules = found.filter(({ language }) => language === 'ts');
    if (modules.length > 0) await compile(folder, modules);
    for (const { place, name, language, code } of found) {
      const [command, args, cwd] =
        language === 'ts'
          ? /** @type {const} */ (['node', ['--enable-source-maps', `${name}.js`], folder])
          : /** @type {const} */ (['sh', ['-euc', code], root]);
      await mustRun(command, args, { cwd, timeout: TIMEOUT }).catch((error) => {
        throw new Error(`${place}: ${error.message}`);
      });
    }
    return `${found.length} run`;
  }, cache);
});

/**
 * @typedef {{ place: string, name: string, language: string, code: string }} Snippet
 * @param {string} document
 * @returns {Promise<Snippet[]>} its blocks to run, in order
 */
async function read(document) {
  const file = relative(root, document);
  return snippets(await readFile(document, 'utf8')).map(({ line, language, code }) => {
    const place = `${file}:${line}`;
    if (language !== 'ts' && language !== 'sh') throw new Error(`${place}: only ts and sh blocks can be run`);
    return { place, name: place.replace(/[^a-zA-Z0-9]+/g, '-'), language, code };
  });
}

/**
 * @param {string} folder
 * @param {readonly Snippet[]} modules
 */
async function compile(folder, modules) {
  const compilerOptions = {
    composite: false,
    declaration: false,
    declarationMap: false,
    inlineSources: true,
    // An example may end before what it made is used.
    noUnusedLocals: false,
    types: ['node'],
  };
  const files = modules.map(({ name }) => `${name}.ts`);
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files };
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const { name, code } of modules) await writeFile(join(folder, `${name}.ts`), code);
  await mustRun('tsc', ['--project', '.', '--pretty', 'false'], { cwd: folder });
}
