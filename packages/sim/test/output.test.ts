import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

function path(from: string): string {
  return fileURLToPath(new URL(from, import.meta.url));
}

it.runIf(existsSync('/dev/full'))('an output that takes no more is said in one line, with exit code 2', () => {
  const full = openSync('/dev/full', 'w');
  const cli = path('../dist/cli.js');
  const { status, stderr } = spawnSync(process.execPath, [cli, 'decode', '--help'], {
    stdio: ['ignore', full, 'pipe'],
  });
  expect(stderr.toString()).toBe('dither-sim: output-unwritable: the output cannot be written (ENOSPC)\n');
  expect(status).toBe(2);
});

it('the figures of the square wave say what they need, with exit code 2', () => {
  const [script, figures] = [path('../../../scripts/run-ts.mjs'), path('../figures/square-wave.ts')];
  const { status, stderr } = spawnSync(process.execPath, [script, figures, '--histogram', 'gone.json']);
  expect(stderr.toString()).toMatch(/^gone\.json: a histogram in JSON is needed: .+\n$/);
  expect(status).toBe(2);
});
