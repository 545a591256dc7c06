import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { registryToText } from '@dither/protocol';
import { sqliteStorage, systemClock } from '@dither/server';
import { expect, onTestFinished } from 'vitest';
import { today } from '../src/clock.js';
import { batchBytes, counted, registry, temporaryFolder } from './fixture.js';

const CLI = fileURLToPath(new URL('../bin/dither-server.js', import.meta.url));
const CLIENTS = 32;

/** A real server process over one database, started again after each kill. */
function serverProcess(folder: string) {
  const path = join(folder, 'registry.json');
  writeFileSync(path, registryToText(registry));
  const args = ['--registry', path, '--db', join(folder, 'a.db'), '--port', '0', '--rate-limit', 'off', '--log', 'off'];
  let child: ChildProcess;
  let url: Promise<string>;

  function start(): void {
    child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
    url = new Promise((resolve) => {
      lines.on('line', (line) => {
        const found = /http:\S+/.exec(line)?.[0];
        if (found !== undefined) resolve(found);
      });
    });
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return exit;
  }

  start();
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    url: () => url,
    async kill() {
      await end('SIGKILL');
      start();
    },
    stop: () => end('SIGTERM'),
  };
}

/** Sends until a receipt names the batch, as a device does: identical bytes, whatever went wrong before. */
async function deliver(server: ReturnType<typeof serverProcess>, body: Uint8Array): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(`${await server.url()}/v1/reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.from(body),
      });
      if (response.status === 200) {
        await response.json();
        return;
      }
    } catch (error) {
      // The server is gone, with or without having stored the batch.
      if (!(error instanceof TypeError)) throw error;
    }
    await sleep(5);
  }
}

/**
 * Kills a server under load `kills` times, and expects its counters to be exactly what was acknowledged: nothing lost,
 * nothing doubled, with retries and deliberate duplicates.
 */
export async function killUnderLoad(kills: number): Promise<void> {
  const folder = temporaryFolder();
  const server = serverProcess(folder);
  await server.url();
  const day = today(systemClock);
  let [isDone, delivered, yes] = [false, 0, 0];

  async function client(): Promise<void> {
    while (!isDone) {
      const answer = randomInt(2);
      const body = batchBytes({
        day,
        reports: [
          { id: 'dark-mode', bytes: [answer], window: day - 1 },
          { id: 'theme', bytes: [randomInt(3)], window: day - 1 },
        ],
      });
      await deliver(server, body);
      if (randomInt(4) === 0) await Promise.all([deliver(server, body), deliver(server, body)]);
      delivered++;
      yes += answer;
    }
  }

  const clients = Array.from({ length: CLIENTS }, client);
  for (let kill = 0; kill < kills; kill++) {
    await sleep(randomInt(150, 600));
    await server.kill();
    await server.url();
  }
  await sleep(200);
  isDone = true;
  await Promise.all(clients);
  expect(await server.stop()).toBe(0);

  const storage = await sqliteStorage({ path: join(folder, 'a.db') });
  onTestFinished(() => storage.close());
  expect(delivered).toBeGreaterThan(CLIENTS * kills);
  expect(await counted(storage, 'dark-mode')).toEqual([{ window: day - 1, n: delivered, counts: [yes] }]);
  const [theme] = await counted(storage, 'theme');
  expect(theme?.n).toBe(delivered);
  expect(theme?.counts.reduce((sum, count) => sum + count, 0)).toBe(delivered);
}
