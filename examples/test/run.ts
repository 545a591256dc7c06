import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binaries = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));

/** The folder of an example that is a package of its own. */
export function folderOf(example: string): string {
  return fileURLToPath(new URL(`../${example}/`, import.meta.url));
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function run(command: string, args: readonly string[], env: object = {}, cwd?: string): Promise<Ran> {
  const options = { env: { ...process.env, ...env }, ...(cwd === undefined ? {} : { cwd }) };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** Runs the script `build` of an example, as pnpm would. */
export async function build(example: string): Promise<Ran> {
  const folder = folderOf(example);
  const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const PATH = [join(folder, 'node_modules/.bin'), binaries, process.env['PATH']].join(delimiter);
  return run('sh', ['-c', scripts.build], { PATH }, folder);
}
