import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/children.js';

const child = fileURLToPath(new URL('children/bare.mjs', import.meta.url));
const manifest = fileURLToPath(new URL('../../package.json', import.meta.url));

/** Renders on a machine that lacks `missing`, in an empty folder; the process must end on its own. */
async function render(missing: readonly string[]) {
  const { exports } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly exports: object };
  const subpaths = Object.keys(exports).map((path) => path.replace('.', '@dither/sdk'));
  const folder = await temporaryFolder();
  const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder };
  const running = spawn(process.execPath, [child, JSON.stringify({ subpaths, missing })], { cwd: folder, env });
  let printed: number | undefined;
  let output = '';
  for (const stream of [running.stdout, running.stderr]) {
    stream.on('data', (chunk) => {
      printed ??= performance.now();
      output += String(chunk);
    });
  }
  const [code] = (await once(running, 'close')) as [number | null];
  const lingered = performance.now() - (printed ?? Number.NaN);
  return { said: JSON.parse(output), code, lingered, files: await readdir(folder), subpaths };
}

/** The first thing that a client would do on its own is a minute away. */
const AT_ONCE = 20_000;

describe.each([
  ['as on a server', []],
  ['without Web Crypto', ['crypto']],
  ['without a network', ['fetch']],
  ['without any of it', ['crypto', 'fetch', 'performance', 'navigator', 'AbortSignal', 'WebSocket']],
])('a client without storage, %s', (_name, missing) => {
  it('is silent: it writes nothing, changes no global, throws nothing and keeps no process alive', async () => {
    const { said, code, lingered, files, subpaths } = await render(missing);
    expect(said).toEqual({
      modules: subpaths.length,
      hasLeftGlobals: true,
      statuses: ['unknown'],
      drops: { 'storage-failed': expect.any(Number) },
      problems: [],
      timers: 0,
    });
    // Each of four events, and what was asked of the storage.
    expect(said.drops['storage-failed']).toBeGreaterThanOrEqual(4);
    expect(files).toEqual([]);
    expect(code).toBe(0);
    expect(lingered).toBeLessThan(AT_ONCE);
  });
});
