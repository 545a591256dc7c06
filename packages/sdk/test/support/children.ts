import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseHeader, toBase64url } from '@dither/protocol';
import { onTestFinished } from 'vitest';
import { type Message, receipt } from './receiver.js';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dither-sdk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts one of `test/node/children`; killed after the test, at the latest. */
export function startChild(name: string, options: object): ChildProcess {
  const path = fileURLToPath(new URL(`../node/children/${name}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Runs a child to its end: what it printed, and the signal that ended it. */
export async function runChild(
  name: string,
  options: object,
): Promise<{ readonly output: string; readonly code: number | null; readonly signal: string | null }> {
  const child = startChild(name, options);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { output, code, signal };
}

/** Kills as `kill -9` does, and waits until the process is gone. */
export async function killNow(child: ChildProcess): Promise<void> {
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}

/** A server on this machine that answers each batch with a receipt, after it was noted. */
export async function startReceiver(): Promise<{ readonly endpoint: string; readonly messages: Message[] }> {
  const messages: Message[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = new Uint8Array(Buffer.concat(chunks));
    if (request.method === 'GET') return response.writeHead(404).end();
    const message = { at: 0, url: request.url ?? '', bytes, batch: toBase64url(parseHeader(bytes).nonce) };
    messages.push(message);
    const { status, contentType, body } = receipt(message);
    return response.writeHead(status, { 'content-type': contentType }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, messages };
}
