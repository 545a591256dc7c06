import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registryToText } from '@dither/protocol';
import { registry } from '../fixture.js';

const CLI = fileURLToPath(new URL('../../bin/dither-server.js', import.meta.url));
const CHILD = fileURLToPath(new URL('children/server.mjs', import.meta.url));

/** How a server ended. */
export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** All it wrote, to both outputs. */
  readonly text: string;
}

export interface ServerProcess {
  /** Resolves to the port when it listens. @throws Error if it ends before */
  readonly port: Promise<number>;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Resident memory, bytes. Linux. */
  memory(): number;
}

export interface ProcessOptions {
  /** Where its database `a.db` is. */
  readonly folder: string;
  readonly environment?: { readonly [name: string]: string };
  readonly args?: readonly string[];
  /**
   * Settings of `children/server.mjs`, which starts the server with what the command line has no flag for. Unless told,
   * the command itself is run.
   */
  readonly child?: {
    readonly foldBatches?: number;
    readonly foldMilliseconds?: number;
    /** A way of being wrong, see there. */
    readonly broken?: string;
  };
}

/** Starts a real server over `a.db` in a folder, on a free port, without a rate limit. */
export function startProcess({ folder, environment = {}, args = [], child }: ProcessOptions): ServerProcess {
  const path = join(folder, 'registry.json');
  writeFileSync(path, registryToText(registry));
  const database = join(folder, 'a.db');
  const own =
    child === undefined
      ? [CLI, '--registry', path, '--db', database, '--port', '0', '--rate-limit', 'off', '--log', 'off', ...args]
      : [CHILD, JSON.stringify({ registry: path, database, ...child })];
  const started = spawn(process.execPath, own, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = new Promise<Ended>((resolve) => {
    started.once('close', (code, signal) => resolve({ code, signal, text }));
  });
  const port = new Promise<number>((resolve, reject) => {
    for (const output of [started.stdout, started.stderr]) {
      output.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    }
    started.once('close', (code, signal) => reject(new Error(`it ended with ${code ?? signal}: ${text}`)));
  });
  // Whoever waits for the end need not wait for the port.
  port.catch(() => undefined);
  return {
    port,
    ended,
    kill: (signal) => void started.kill(signal),
    memory: () => 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${started.pid}/status`, 'utf8'))?.[1]),
  };
}
