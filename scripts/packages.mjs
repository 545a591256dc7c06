/**
 * What would be published, checked as its users meet it: packs every package, has publint and attw look at the very
 * tarballs, installs them with npm into an empty folder, imports each public subpath in plain Node, asks each command
 * for its help.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun } from './lib/run.mjs';
import { step } from './lib/step.mjs';
import { inTemporaryFolder } from './lib/temporary.mjs';
import { packages } from './lib/workspace.mjs';

await step(() =>
  inTemporaryFolder(async (folder) => {
    await mustRun('npx', [
      '-y',
      'pnpm@12',
      '--recursive',
      '--filter',
      './packages/*',
      'pack',
      '--pack-destination',
      folder,
    ]);
    const tarballs = (await readdir(folder)).map((name) => join(folder, name));
    for (const tarball of tarballs) {
      await mustRun('publint', ['run', '--strict', tarball]);
      // The packages are ES modules only: what a CommonJS or pre-exports resolver would make of them is not promised.
      await mustRun('attw', ['--profile', 'esm-only', '--no-color', '--no-emoji', tarball]);
    }
    await install(folder, tarballs);
    const specifiers = (await Promise.all(packages().map(subpaths))).flat();
    await writeFile(join(folder, 'import-all.mjs'), importAll(specifiers));
    await mustRun('node', ['import-all.mjs'], { cwd: folder });
    const commands = packages().flatMap(({ manifest }) => Object.keys(manifest.bin ?? {}));
    for (const command of commands) await mustRun(join('node_modules', '.bin', command), ['--help'], { cwd: folder });
    return `${tarballs.length} packed, ${specifiers.length} subpaths imported, ${commands.length} commands run`;
  }),
);

/**
 * @param {string} folder
 * @param {readonly string[]} tarballs
 */
async function install(folder, tarballs) {
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  // Third parties come from npm's cache where it has them. seedrandom is the optional peer of the SDK's test kit.
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs, 'seedrandom@3'];
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

/** @param {readonly string[]} specifiers */
function importAll(specifiers) {
  return `for (const name of ${JSON.stringify(specifiers)}) {
  const module = await import(name, name.endsWith('.json') ? { with: { type: 'json' } } : undefined);
  if (Object.keys(module).length === 0) throw new Error(name + ' exports nothing');
}
`;
}
