/**
 * `pnpm bench`: runs each `packages/<name>/bench/<title>.{mjs,ts}` in a process of its own, so that none runs on code
 * that another has made the engine optimize for its purposes. Names of packages or titles choose among them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packages } from './lib/workspace.mjs';

const chosen = process.argv.slice(2);
const benches = packages().flatMap(({ directory, manifest }) => {
  const folder = join(directory, 'bench');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /\.(mjs|ts)$/.test(file)) : [];
  return files.map((file) => ({
    directory,
    file: join(folder, file),
    title: `${manifest.name} ${file.replace(/\.\w+$/, '')}`,
  }));
});
const wanted = benches.filter(({ title }) => chosen.every((word) => title.includes(word)));
if (wanted.length === 0)
  throw new Error(`no bench of that name; there are: ${benches.map(({ title }) => title).join(', ')}`);

for (const { directory, file, title } of wanted) {
  console.log(`\n== ${title}`);
  // Beside the package's dependencies, which stay imports: what is measured is the built package.
  const outfile = join(directory, 'node_modules', '.cache', 'bench.mjs');
  await build({ entryPoints: [file], outfile, bundle: true, packages: 'external', platform: 'node', format: 'esm' });
  const { status } = spawnSync(process.execPath, ['--expose-gc', outfile], { stdio: 'inherit', cwd: directory });
  if (status !== 0) process.exitCode = 1;
}
