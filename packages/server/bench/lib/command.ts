import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Registry, registryToText } from '@dither/protocol';
import { endsWithUs } from './with-us.js';

/** The command, as an operator starts it, over `a.db` in a folder. */
export interface Command {
  readonly port: number;
  /** From its start until it listened, milliseconds. */
  readonly started: number;
  /** Resident memory now, and the most there was, bytes; NaN where there is no /proc. */
  memory(): { readonly now: number; readonly most: number };
  end(signal: NodeJS.Signals): Promise<void>;
}

export async function startCommand(folder: string, registry: Registry): Promise<Command> {
  const path = join(folder, 'registry.json');
  writeFileSync(path, registryToText(registry));
  const args = ['--registry', path, '--db', join(folder, 'a.db'), '--port', '0', '--rate-limit', '1000000000'];
  const begun = performance.now();
  const child = spawn(process.execPath, [join('bin', 'dither-server.js'), ...args, '--log', 'off'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = endsWithUs(child);
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    void ended.then(() => reject(new Error(text)));
  });
  return {
    port,
    started: performance.now() - begun,
    memory: () => ({ now: status(child.pid, 'VmRSS'), most: status(child.pid, 'VmHWM') }),
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

function status(pid: number | undefined, line: string): number {
  if (process.platform !== 'linux') return Number.NaN;
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(new RegExp(`${line}:\\s+(\\d+)`).exec(text)?.[1]);
}

/** Bytes of the database and what belongs to it. */
export function diskBytes(folder: string): number {
  const own = readdirSync(folder).filter((name) => name.startsWith('a.db') && !name.endsWith('.sock'));
  return own.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** Longer than a batch waits for its fold. */
export function untilFolded(): Promise<void> {
  return sleep(7000);
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
