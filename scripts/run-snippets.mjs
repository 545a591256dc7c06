/**
 * Runs the examples of the documentation: each `ts`, `sh` and `html` block with `<!-- run -->` on the line before its fence.
 * TypeScript is type-checked as strictly as the packages and run in a folder of its document's own, from which every package
 * of the workspace can be imported; a block that begins with `// name.ts` is a module that the document's others import.
 * Shell commands run in the repository's folder, as a reader of a clone would type them; scripts of a page in a context
 * that has what the file for `<script>` makes. What needs a browser or a phone is type-checked: `<!-- check -->`,
 * `<!-- check webworker -->`. `<!-- continue -->` marks the rest of the block before.
 *
 *     node scripts/run-snippets.mjs [FILE...]     of all documents, or of those named
 */
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { iifeOf } from './lib/iife.mjs';
import { documents, snippets } from './lib/markdown.mjs';
import { mustRun } from './lib/run.mjs';
import { step } from './lib/step.mjs';
import { inTemporaryFolder } from './lib/temporary.mjs';
import { packages, root } from './lib/workspace.mjs';

/** Milliseconds: the demo at full size takes up to two minutes. */
const TIMEOUT = 300_000;

/** What an app of its own has: the SDK's optional peers, and the types of what examples are written for. */
const INSTALLED = ['react', 'web-vitals', '@types'];

await step(async () => {
  // Only the examples depend on every package.
  const cache = join(root, 'examples', 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const named = process.argv.slice(2).map((file) => resolve(file));
  const found = (await Promise.all((named.length > 0 ? named : documents()).map(read))).flat();
  return inTemporaryFolder(async (folder) => {
    await compile(folder, found);
    const toRun = found.filter(({ isRun, language }) => isRun && language !== 'tsx');
    for (const snippet of toRun) {
      await runOne(folder, snippet).catch((error) => {
        throw new Error(`${snippet.place}: ${error.message}`);
      });
    }
    return `${toRun.length} run, ${found.length - toRun.length} type-checked`;
  }, cache);
});

/**
 * @typedef {import('./lib/markdown.mjs').Snippet & { place: string, file: string }} Snippet `file` in the temporary folder,
 *   without an ending
 * @param {string} document
 * @returns {Promise<Snippet[]>} its blocks, in order
 */
async function read(document) {
  const path = relative(root, document);
  const folder = path.replace(/[^a-zA-Z0-9]+/g, '-');
  return snippets(await readFile(document, 'utf8')).map((snippet) => {
    const { line, language, code, isRun } = snippet;
    const place = `${path}:${line}`;
    const allowed = isRun ? ['ts', 'sh', 'html'] : ['ts', 'tsx'];
    if (!allowed.includes(language)) throw new Error(`${place}: only ${allowed.join(', ')} blocks can be marked so`);
    const [, name = `line-${line}`] = /^\/\/ ([\w-]+)\.tsx?\n/.exec(code) ?? [];
    return { ...snippet, place, file: `${folder}/${name}` };
  });
}

/**
 * @param {string} folder
 * @param {readonly Snippet[]} found
 */
async function compile(folder, found) {
  const modules = found.filter(({ language }) => language.startsWith('ts'));
  await mkdir(join(folder, 'node_modules'));
  for (const name of INSTALLED) {
    await symlink(join(root, 'packages', 'sdk', 'node_modules', name), join(folder, 'node_modules', name));
  }
  await cp(join(root, 'scripts', 'snippets'), folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { file, language, code } of modules) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, `${file}.${language}`), code);
  }
  const workers = modules.filter(({ isWorker }) => isWorker);
  const others = modules.filter(({ isWorker }) => !isWorker);
  await typeCheck(folder, others, { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: ['node'] });
  if (workers.length > 0) await typeCheck(folder, workers, { lib: ['ES2022', 'WebWorker'], noEmit: true });
}

/**
 * @param {string} folder
 * @param {readonly Snippet[]} modules
 * @param {Record<string, unknown>} options
 */
async function typeCheck(folder, modules, options) {
  const compilerOptions = {
    composite: false,
    declaration: false,
    declarationMap: false,
    inlineSources: true,
    jsx: 'react-jsx',
    // An example may end before what it made is used.
    noUnusedLocals: false,
    ...options,
  };
  const files = ['react-native.d.ts', ...modules.map(({ file, language }) => `${file}.${language}`)];
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await mustRun('tsc', ['--project', '.', '--pretty', 'false'], { cwd: folder });
}

/**
 * @param {string} folder
 * @param {Snippet} snippet
 */
async function runOne(folder, { language, code, file }) {
  if (language === 'html') return runPage(code);
  if (language === 'sh') return mustRun('sh', ['-euc', code], { timeout: TIMEOUT });
  const cwd = join(folder, file, '..');
  return mustRun('node', ['--enable-source-maps', `${basename(file)}.js`], { cwd, timeout: TIMEOUT });
}

/** Runs the scripts that stand in a page, after the one it loads. @param {string} html */
async function runPage(html) {
  const sdk = packages().find(({ manifest }) => manifest.unpkg !== undefined);
  if (sdk === undefined) throw new Error('no package has a file for <script>');
  const { outputFiles } = await build({ ...iifeOf(sdk), write: false });
  const { crypto, performance } = globalThis;
  const context = createContext({ crypto, performance });
  const inline = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code = '']) => code);
  if (inline.length === 0) throw new Error('the page has no script of its own');
  for (const code of [...outputFiles.map(({ text }) => text), ...inline]) {
    runInContext(code, context, { displayErrors: false });
  }
}
