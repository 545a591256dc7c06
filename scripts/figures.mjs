/**
 * `pnpm figures NAME [argument ...]`: runs `packages/sim/figures/NAME.ts`, which computes published figures anew and prints
 * ours beside them. Without a name it says which there are.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/workspace.mjs';

const folder = join(root, 'packages', 'sim', 'figures');
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -'.ts'.length)] : []));
const [name = '', ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`which figures? there are ${names.join(', ')}`);
  process.exitCode = 2;
} else {
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'run-ts.mjs'), join(folder, `${name}.ts`), ...args],
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
}
