import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/** Commands start as ES modules, whoever installs them. */
const COMMANDS = /^cli[\\/]/;

/**
 * Makes CommonJS and its declarations, in `dist/cjs`, of the ES modules in `dist`: file by file, so that what two subpaths
 * share is one module here, too.
 *
 * @param {string} directory of a package, without an earlier `dist/cjs`
 */
export async function writeCommonJs(directory) {
  const dist = join(directory, 'dist');
  const cjs = join(dist, 'cjs');
  const files = (await readdir(dist, { recursive: true })).filter((file) => !COMMANDS.test(file));
  await build({
    entryPoints: files.filter((file) => file.endsWith('.js')).map((file) => join(dist, file)),
    outbase: dist,
    outdir: cjs,
    format: 'cjs',
    // Names what is exported where Node's import of CommonJS looks for it, and leaves import() alone.
    platform: 'node',
    target: 'es2022',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  // A declaration is CommonJS by the package.json above it; what it says is the same.
  for (const file of files.filter((name) => name.endsWith('.d.ts'))) {
    await copy(join(dist, file), join(cjs, file), (text) => text);
    await copy(join(dist, `${file}.map`), join(cjs, `${file}.map`), oneFolderDown);
  }
  await writeFile(join(cjs, 'package.json'), '{ "type": "commonjs" }\n');
}

/**
 * @param {string} from
 * @param {string} to
 * @param {(text: string) => string} change
 */
async function copy(from, to, change) {
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, change(await readFile(from, 'utf8')));
}

/** @param {string} map a source map */
function oneFolderDown(map) {
  const json = JSON.parse(map);
  return JSON.stringify({ ...json, sources: json.sources.map((/** @type {string} */ source) => `../${source}`) });
}
