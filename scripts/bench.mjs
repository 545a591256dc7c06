/**
 * `pnpm bench`: runs each `packages/<name>/bench/<title>.{mjs,ts}` in a process of its own, so that none meets code
 * that another has made the engine tune for its use. Words such as `server ingest` choose among them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packages, root } from './lib/workspace.mjs';

const words = process.argv.slice(2);
const benches = packages().flatMap(({ directory, manifest }) => {
  const folder = join(directory, 'bench');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(mjs|ts)$/.test(name)) : [];
  return files.map((name) => ({ directory, file: join(folder, name), title: `${manifest.name} ${name}` }));
});
const chosen = benches.filter(({ title }) => words.every((word) => title.includes(word)));
if (chosen.length === 0) throw new Error(`which bench? there are ${benches.map(({ title }) => title).join(', ')}`);

for (const { directory, file, title } of chosen) {
  console.log(`\n== ${title}`);
  const args = file.endsWith('.ts') ? [join(root, 'scripts', 'run-ts.mjs'), file] : [file];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: directory });
  if (status !== 0) process.exitCode = 1;
}
