import { execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Registry, registryToText } from '@dither/protocol';
import { onTestFinished } from 'vitest';
import { runCli } from '../src/cli/run.js';

const CLI = fileURLToPath(new URL('../bin/dither-server.js', import.meta.url));

/** How a process ends, and what it has written by then. */
export interface Ended {
  readonly code: number | null;
  /** That ended it, if one did; not known of commands. */
  readonly signal?: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs one command of `dither-server` to its end. */
export function runCommand(args: readonly string[], nodeArgs: readonly string[] = []): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...nodeArgs, CLI, ...args], (_error, output, errors) => {
      resolve({ code: child.exitCode, output, errors });
    });
  });
}

/** The same without a process of its own, for command lines that open no database: a server does, or nobody. */
export async function runHere(...args: readonly string[]): Promise<Ended> {
  let [output, errors] = ['', ''];
  const code = await runCli(args, {
    out: (text) => {
      output += text;
    },
    note: (text) => {
      errors += text;
    },
    onSignal: () => undefined,
    kill: () => Promise.reject(new Error('only a process of its own can be killed')),
  });
  return { code, output, errors };
}

/** Some statements, run in a process before the server's own. */
export function preloaded(script: string): string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`];
}

/** A client that has sent half of its request, and sends no more. */
export async function halfRequest(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    const head = [
      'POST /v1/reports HTTP/1.1',
      'host: a',
      'content-type: application/octet-stream',
      'content-length: 99',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\nhalf`, () => resolve());
  });
}

/** A server of its own, with a free port and without a rate limit or a log; ends with the test. */
export async function serverProcess(args: readonly string[], nodeArgs: readonly string[] = []) {
  const own = ['--port', '0', '--rate-limit', 'off', '--log', 'off'];
  const child = spawn(process.execPath, [...nodeArgs, CLI, ...args, ...own], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output, errors }));
  });
  const url = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /listens on (http:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(errors)));
  });
  return {
    url: await url,
    ended,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    /** @returns how it ended */
    end(signal: NodeJS.Signals = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** A registry as `dither-registry export` writes it. */
export function registryFile(folder: string, registry: Registry): string {
  const path = join(folder, `${registry.fingerprint}.json`);
  writeFileSync(path, registryToText(registry));
  return path;
}

/** One attempt; undefined where there is no answer. */
export async function postBatch(url: string, body: Uint8Array) {
  try {
    const response = await fetch(`${url}/v1/reports`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.from(body),
    });
    const answer = (await response.json()) as { duplicate?: boolean; code?: string; retry?: boolean };
    return { status: response.status, ...answer };
  } catch (error) {
    // The server is gone, or between two lives.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
