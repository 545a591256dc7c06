/**
 * What would be published, checked as its users meet it: packs every package, has publint and attw look at the very
 * tarballs, installs them with npm into an empty folder, and there imports and requires each public subpath, compiles
 * against their types, runs the apps of `scripts/packed` in every form, and asks each command for its help.
 */
import { cp, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asCommonJs, asOneFile, bareImports, compile } from './lib/consumers.mjs';
import { mustRun } from './lib/run.mjs';
import { refuseAny, step } from './lib/step.mjs';
import { inTemporaryFolder } from './lib/temporary.mjs';
import { packages, root } from './lib/workspace.mjs';

/** What an app installs: without third parties, for ESM and CommonJS. The rest are programs for Node, ES modules only. */
const LIBRARIES = ['@dither/mechanisms', '@dither/protocol', '@dither/sdk'];

/** Optional peers of the SDK's test kit and React binding, and what React's types are in. */
const PEERS = ['seedrandom@3', 'react@19', '@types/react@19'];

await step(() =>
  inTemporaryFolder(async (folder) => {
    const published = packages();
    refuseAny(published.flatMap(thirdParties));
    await mustRun('npx', [
      '-y',
      'pnpm@12',
      '--recursive',
      '--filter',
      './packages/*',
      'pack',
      '--out',
      `${folder}/%s.tgz`,
    ]);
    const names = published.map(({ manifest }) => manifest.name);
    await Promise.all([
      ...names.map((name) => lint(name, join(folder, tarball(name)))),
      install(folder, names.map(tarball)),
    ]);

    const specifiers = (await Promise.all(published.map(subpaths))).flat();
    const dual = specifiers.filter((name) => LIBRARIES.some((library) => `${name}/`.startsWith(`${library}/`)));
    const modules = dual.filter((name) => !name.endsWith('.json'));
    await writeFile(join(folder, 'every-subpath.mjs'), everySubpath(specifiers, dual));
    await mustRun('node', ['every-subpath.mjs'], { cwd: folder });
    refuseAny(await bareImports(folder, modules));
    await cp(join(root, 'scripts', 'packed'), folder, { recursive: true });
    await compile(folder, modules);
    await runApps(folder);

    const commands = published.flatMap(({ manifest }) => Object.keys(manifest.bin ?? {}));
    for (const command of commands) await mustRun(join('node_modules', '.bin', command), ['--help'], { cwd: folder });
    return `${published.length} packed; ${specifiers.length} subpaths imported, ${dual.length} required, ${modules.length} compiled against; an app run as ESM, CommonJS, bundle and script; ${commands.length} commands`;
  }),
);

/** @param {import('./lib/workspace.mjs').Package} published */
function thirdParties({ manifest: { name, dependencies = {} } }) {
  if (!LIBRARIES.includes(name)) return [];
  const strangers = Object.keys(dependencies).filter((dependency) => !LIBRARIES.includes(dependency));
  return strangers.map((stranger) => `${name} depends on ${stranger}: an app brings no third party along`);
}

/** @param {string} name of a package */
function tarball(name) {
  return `${name.replace('@', '').replace('/', '-')}.tgz`;
}

/**
 * @param {string} name of a package
 * @param {string} path of its tarball
 */
async function lint(name, path) {
  await mustRun('publint', ['run', '--strict', path]);
  // Resolvers from before `exports` find no subpath of any package, and are not promised one.
  const profile = LIBRARIES.includes(name) ? 'node16' : 'esm-only';
  await mustRun('attw', ['--profile', profile, '--no-color', '--no-emoji', path]);
}

/**
 * @param {string} folder
 * @param {readonly string[]} tarballs
 */
async function install(folder, tarballs) {
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  // Third parties come from npm's cache where it has them.
  const args = [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    ...tarballs.map((path) => `./${path}`),
    ...PEERS,
  ];
  await mustRun('npm', args, { cwd: folder });
}

/**
 * @param {import('./lib/workspace.mjs').Package} published
 * @returns {Promise<string[]>} what its users may import, a pattern being replaced by the files it stands for
 */
async function subpaths({ directory, manifest }) {
  const lists = Object.entries(manifest.exports).map(async ([subpath, target]) => {
    const name = `${manifest.name}${subpath.slice(1)}`;
    if (typeof target !== 'string' || !target.includes('*')) return [name];
    const [start = '', end = ''] = target.split('*');
    const files = await readdir(join(directory, dirname(`${start}x`)));
    return files.filter((file) => file.endsWith(end)).map((file) => name.replace('*', file.slice(0, -end.length)));
  });
  return (await Promise.all(lists)).flat();
}

/**
 * @param {readonly string[]} specifiers to import
 * @param {readonly string[]} dual of these, what can be required as well, and must give the same names
 */
function everySubpath(specifiers, dual) {
  return `import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const dual = new Set(${JSON.stringify(dual)});
for (const name of ${JSON.stringify(specifiers)}) {
  const isJson = name.endsWith('.json');
  const module = await import(name, isJson ? { with: { type: 'json' } } : undefined);
  const names = Object.keys(module).sort().join();
  if (names === '') throw new Error(name + ' exports nothing');
  if (!dual.has(name)) continue;
  const required = Object.keys(require(name)).sort().join();
  if (!isJson && required !== names) throw new Error(name + ' exports ' + names + '; required: ' + required);
}
`;
}

/** @param {string} folder */
async function runApps(folder) {
  const resolve = ['resolve', 'registry.mjs', '--out', 'registry.resolved.mjs'];
  await mustRun(join('node_modules', '.bin', 'dither-registry'), resolve, { cwd: folder });
  await asCommonJs(folder, 'app.mjs', 'app.cjs');
  for (const app of ['app.mjs', 'app.cjs', 'page.mjs']) await mustRun('node', [app], { cwd: folder });
  // Where nothing is installed, so that nothing can be missing from it.
  await inTemporaryFolder(async (empty) => {
    await asOneFile(folder, 'app.mjs', join(empty, 'app.mjs'));
    await mustRun('node', ['app.mjs'], { cwd: empty });
  });
}
