import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the package: a bench has this file bundled with itself elsewhere in it. */
const FOLDER = packageOf(dirname(fileURLToPath(import.meta.url)));
const SOURCE = join(FOLDER, 'test', 'faults', 'shim.c');
const CACHE = join(FOLDER, '..', '..', 'node_modules', '.cache', 'dither-faults');

/** The built library; undefined where it cannot be had. */
export const shim = build();
/** For the title of what is left out without it. */
export const NEEDS_SHIM = shim === undefined ? ' (left out: needs Linux and a C compiler named cc)' : '';

function build(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const library = join(CACHE, `${createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16)}.so`);
  if (existsSync(library)) return library;
  mkdirSync(CACHE, { recursive: true });
  // Several test files may be building it.
  const mine = `${library}.${process.pid}`;
  const { status, stderr, error } = spawnSync(
    'cc',
    ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o', mine, SOURCE, '-ldl'],
    { encoding: 'utf8' },
  );
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`shim.c: ${stderr}`);
  renameSync(mine, library);
  return library;
}

function packageOf(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageOf(dirname(folder));
}
