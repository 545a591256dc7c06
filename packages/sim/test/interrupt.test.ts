import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { registryToText } from '@dither/protocol';
import type { RunReport } from '@dither/sim';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { small } from './small-registry.js';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dither-interrupt-'));
  await writeFile(join(folder, 'small.json'), registryToText(small));
  // The line that is left out is told before anything is simulated: then it is known to run.
  await writeFile(join(folder, 'events.csv'), 'client,metric,value\na,used,\nb,used,never\n');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Ctrl-C, `ms` after the program is known to run. */
async function interrupted(ms: number): Promise<{ code: number | null; out: string }> {
  const size = ['--clients', '100', '--repetitions', '1000000', '--engine', 'clients', '--threads', '1'];
  const args = ['run', '--registry', 'small.json', '--population', 'events.csv', ...size, '--json'];
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.once('data', async () => {
    await setTimeout(ms);
    child.kill('SIGINT');
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out };
}

it('Ctrl-C prints what is done until then, and exits with 130', async () => {
  for (let ms = 500; ; ms *= 4) {
    const { code, out } = await interrupted(ms);
    expect(code).toBe(130);
    // A machine with much else to do may not have begun.
    if (out === '' && ms < 10_000) continue;
    const { isPartial, repetitions, metrics } = JSON.parse(out) as RunReport;
    expect(isPartial).toBe(true);
    expect(repetitions).toBeGreaterThan(0);
    expect(metrics).toHaveLength(5);
    break;
  }
});
