import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverPolicy, sqliteStorage, systemClock } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { today } from '../src/clock.js';
import { startProcess } from './crash/server-process.js';
import { openFaults } from './faults/faults.js';
import { NEEDS_SHIM, shim } from './faults/shim.js';
import { batchBytes, counted, registry, temporaryFolder } from './fixture.js';
import { halfRequest, postBatch, preloaded, registryFile, runCommand, serverProcess } from './server-process.js';
import { until } from './support/until.js';

const day = today(systemClock);

function yes(): Uint8Array {
  return batchBytes({ day, reports: [{ id: 'dark-mode', bytes: [1], window: day - 1 }] });
}

/** The thread that owns the file never answers the wish to close it, as on a disk that hangs. */
const HANGING = preloaded(`
  import { Worker } from 'node:worker_threads';
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.op !== 'close') postMessage.call(this, message, ...rest);
  };`);

/** A client that has stopped to send is not waited for. */
async function cutsAHangingClient(): Promise<void> {
  const folder = temporaryFolder();
  const server = await serverProcess(['--registry', registryFile(folder, registry), '--db', join(folder, 'a.db')]);
  await halfRequest(server.url);
  expect((await server.end()).code).toBe(0);
}

/** It says so and kills itself where it cannot store what it holds in time. */
async function killsItselfOverAHangingThread(): Promise<void> {
  const folder = temporaryFolder();
  const args = ['--registry', registryFile(folder, registry), '--db', join(folder, 'a.db')];
  const server = await serverProcess(args, HANGING);
  const { code, signal, errors } = await server.end();
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  expect(errors).toContain('dither-server: it could not store what it holds within 10 s');
}

/** The same while its thread waits for a disk that hangs. What it acknowledged is there, and nothing else. */
async function killsItselfOverAHangingDisk(): Promise<void> {
  const folder = temporaryFolder();
  const faults = openFaults(join(temporaryFolder(), 'faults'));
  const server = startProcess({ folder, environment: faults.environment });
  onTestFinished(() => server.kill('SIGKILL'));
  const url = `http://127.0.0.1:${await server.port}`;
  const [held, hung] = [yes(), yes()];
  expect(await postBatch(url, held)).toMatchObject({ status: 200 });
  // Longer than a test may take.
  faults.set({ path: 'a.db', calls: ['sync'], action: 'delay', milliseconds: 600_000 });
  const posted = postBatch(url, hung);
  await until('a sync that hangs', () => faults.done(0) > 0);
  server.kill('SIGTERM');
  const { code, signal, text } = await server.ended;
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  expect(text).toContain('dither-server: it could not store what it holds within 10 s');
  expect(await posted).toBeUndefined();
  faults.set();
  const next = startProcess({ folder });
  onTestFinished(() => next.kill('SIGKILL'));
  const again = `http://127.0.0.1:${await next.port}`;
  expect(await postBatch(again, held)).toMatchObject({ duplicate: true });
  expect(await postBatch(again, hung)).toMatchObject({ status: 200 });
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

  it(`waits for its deadline and no longer, whatever hangs: a client, its thread or a disk${NEEDS_SHIM}`, async () => {
    // Side by side: each takes some ten seconds.
    await Promise.all([cutsAHangingClient(), killsItselfOverAHangingThread(), shim && killsItselfOverAHangingDisk()]);
  });

  it.runIf(shim)(`ends with 1 where the disk is full, and its log has what it acknowledged${NEEDS_SHIM}`, async () => {
    const folder = temporaryFolder();
    const faults = openFaults(join(temporaryFolder(), 'faults'));
    const server = startProcess({ folder, environment: faults.environment });
    onTestFinished(() => server.kill('SIGKILL'));
    const held = yes();
    expect(await postBatch(`http://127.0.0.1:${await server.port}`, held)).toMatchObject({ status: 200 });
    faults.set({ path: 'a.db', calls: ['write', 'truncate'], action: 'fail', error: 'ENOSPC' });
    server.kill('SIGTERM');
    const { code, text } = await server.ended;
    expect(code).toBe(1);
    expect(text).toContain('dither-server: not-stored: ');
    const next = startProcess({ folder });
    onTestFinished(() => next.kill('SIGKILL'));
    expect(await postBatch(`http://127.0.0.1:${await next.port}`, held)).toMatchObject({ duplicate: true });
  });

  it('ends at once at a second signal, and loses nothing of what it acknowledged', async () => {
    const folder = temporaryFolder();
    const db = join(folder, 'a.db');
    const server = await serverProcess(['--registry', registryFile(folder, registry), '--db', db], HANGING);
    expect(await postBatch(server.url, yes())).toMatchObject({ status: 200 });
    server.signal('SIGTERM');
    await sleep(3 * serverPolicy.signalBurstMilliseconds);
    const { code, signal, errors } = await server.end();
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
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
