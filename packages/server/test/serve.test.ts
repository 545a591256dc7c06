import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sqliteStorage, systemClock } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { today } from '../src/clock.js';
import { batchBytes, counted, registry, temporaryFolder } from './fixture.js';
import { postBatch, registryFile, runCommand, serverProcess } from './server-process.js';

const day = today(systemClock);

function yes(): Uint8Array {
  return batchBytes({ day, reports: [{ id: 'dark-mode', bytes: [1], window: day - 1 }] });
}

/** Some statements, run in the process before the server's own. */
function preloaded(script: string): string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`];
}

/** The thread that owns the file never answers the wish to close it, as on a disk that hangs. */
const HANGING = preloaded(`
  import { Worker } from 'node:worker_threads';
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.op !== 'close') postMessage.call(this, message, ...rest);
  };`);

/** A client that has sent half of its request, and sends no more. */
async function halfRequest(url: string): Promise<void> {
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

describe('serve', () => {
  it('serves with its flags alone, and with its name', async () => {
    const folder = temporaryFolder();
    const args = ['--registry', registryFile(folder, registry), '--db', join(folder, 'a.db')];
    for (const name of [[], ['serve']]) {
      const server = await serverProcess([...name, ...args]);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      expect((await server.end()).code).toBe(0);
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'answers at %s what it was asked, stores it and ends with 0',
    async (signal) => {
      const folder = temporaryFolder();
      const db = join(folder, 'a.db');
      const server = await serverProcess(['--registry', registryFile(folder, registry), '--db', db]);
      let acknowledged = 0;
      const clients = Array.from({ length: 16 }, async () => {
        for (;;) {
          const answer = await postBatch(server.url, yes());
          if (answer === undefined) return;
          if (answer.status === 200) acknowledged++;
          else expect(answer).toMatchObject({ status: 503, retry: true });
        }
      });
      await sleep(300);
      // As a storm: a supervisor that is impatient, or a terminal and pnpm at once.
      for (let i = 0; i < 50; i++) server.signal(signal);
      const { code, errors } = await server.ended;
      await Promise.all(clients);
      expect(code).toBe(0);
      expect(errors).toBe(`dither-server listens on ${server.url}\n`);
      expect(acknowledged).toBeGreaterThan(0);
      const storage = await sqliteStorage({ path: db });
      onTestFinished(() => storage.close());
      expect(await counted(storage, 'dark-mode')).toEqual([
        { window: day - 1, n: acknowledged, counts: [acknowledged] },
      ]);
    },
  );

  it('does not wait for a client that has stopped to send', async () => {
    const folder = temporaryFolder();
    const server = await serverProcess(['--registry', registryFile(folder, registry), '--db', join(folder, 'a.db')]);
    await halfRequest(server.url);
    expect((await server.end()).code).toBe(0);
  });

  it('ends with 1 and says so where it cannot store what it holds in time', async () => {
    const folder = temporaryFolder();
    const args = ['--registry', registryFile(folder, registry), '--db', join(folder, 'a.db')];
    const server = await serverProcess(args, HANGING);
    const { code, errors } = await server.end();
    expect(code).toBe(1);
    expect(errors).toContain('dither-server: it could not store what it holds within 10 s');
  });

  it('ends at once at a second signal, and loses nothing of what it acknowledged', async () => {
    const folder = temporaryFolder();
    const db = join(folder, 'a.db');
    const server = await serverProcess(['--registry', registryFile(folder, registry), '--db', db], HANGING);
    expect(await postBatch(server.url, yes())).toMatchObject({ status: 200 });
    server.signal('SIGTERM');
    await sleep(1000);
    const { code, errors } = await server.end();
    expect(code).toBe(1);
    expect(errors).toContain('dither-server: a second signal ends it');
    const storage = await sqliteStorage({ path: db });
    onTestFinished(() => storage.close());
    expect(await counted(storage, 'dark-mode')).toMatchObject([{ n: 1 }]);
  });

  it('says in a line what nobody caught, and ends with 1', async () => {
    const folder = temporaryFolder();
    const args = ['--registry', registryFile(folder, registry), '--db', join(folder, 'a.db'), '--port', '0'];
    const script = preloaded("setTimeout(() => { throw new Error('unforeseen'); }, 1500);");
    const { code, errors } = await runCommand(args, script);
    expect(code).toBe(1);
    expect(
      errors
        .split('\n')
        .filter((line) => line !== '')
        .at(-1),
    ).toMatch(/^dither-server: Error: unforeseen \| at /);
  });

  it('serves without a registry, and says how it gets one', async () => {
    const server = await serverProcess(['--db', join(temporaryFolder(), 'a.db')]);
    expect(await postBatch(server.url, yes())).toMatchObject({ code: 'unknown-registry', retry: true });
    expect((await server.end()).errors).toContain('dither-server registry add FILE');
  });
});
