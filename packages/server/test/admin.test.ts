import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { registryToText } from '@dither/protocol';
import { memoryStorage } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { operatorAt } from '../src/admin/client.js';
import type { Operator } from '../src/admin/operations.js';
import { operatorOf } from '../src/admin/operator.js';
import { openAdminServer } from '../src/admin/server.js';
import { deferred } from '../src/cli/signals.js';
import { AdminError, StorageError } from '../src/errors.js';
import { openServices } from '../src/services.js';
import { registry, temporaryFolder, testClock } from './fixture.js';
import { until } from './support/until.js';

/** The operator of a memory, at both ends of a socket. */
async function operated(changes: Partial<Operator> = {}) {
  const services = await openServices({ registries: [], storage: memoryStorage(), clock: testClock() });
  const backup = async () => Promise.reject(new StorageError('backup-exists', 'it is there'));
  const file = { db: 'memory', server: () => undefined, backup };
  const restore = async () => Promise.reject(Object.assign(new TypeError('unforeseen'), { stack: 'TypeError: where' }));
  const own: Operator = { ...operatorOf(services, file), restore, ...changes };
  const socket = join(temporaryFolder(), 'a.sock');
  const server = await openAdminServer(socket, () => own);
  onTestFinished(async () => {
    await server.close();
    await services.close();
  });
  return { own, socket, server, remote: operatorAt(socket) };
}

function post(socketPath: string, path: string, body: string, method = 'POST') {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    request({ socketPath, path, method, headers }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    })
      .on('error', reject)
      .end(body);
  });
}

describe('the admin socket', () => {
  it('does what the operator of the same process does, and answers the same', async () => {
    const { own, remote } = await operated();
    const added = await remote.addRegistry({ text: registryToText(registry) });
    expect(added).toEqual({ app: registry.app, fingerprint: registry.fingerprint, isNew: true });
    expect(await remote.listRegistries({})).toEqual(await own.listRegistries({}));
    const { token } = await remote.createToken({ name: 'a', scopes: ['read'], apps: [registry.app] });
    expect(await remote.listTokens({})).toEqual([token]);
    expect(await remote.revokeToken({ id: token.id })).toBe(true);
    expect(await remote.revokeToken({ id: token.id })).toBe(false);
    const key = await remote.createKey({ app: registry.app });
    expect(await own.listKeys({})).toEqual([key]);
    expect(await remote.listKeys({ app: 'org.example.other' })).toEqual([]);
    expect(await remote.status({})).toEqual(await own.status({}));
  });

  it('hands on what went wrong, with its code and what can be done', async () => {
    const { remote } = await operated();
    await remote.createKey({ app: registry.app });
    for (const [asked, code, message] of [
      [() => remote.backup({ path: 'b' }), 'backup-exists', 'backup-exists: it is there'],
      [() => remote.createKey({ app: registry.app }), 'key-exists', /^key-exists: /],
      [() => remote.addRegistry({ text: '{}' }), expect.any(String), /^the registry:1:1: /],
      [() => remote.restore({ path: 'b' }), 'internal', 'internal: TypeError: unforeseen'],
    ] as const) {
      const error = await asked().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(AdminError);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    }
  });

  it('refuses what an operator of this version does not say', async () => {
    const { socket } = await operated();
    for (const [path, body] of [
      ['/dropEverything', '{}'],
      ['/__proto__', '{}'],
      ['/createKey', '{}'],
      ['/createKey', '{"app":"a","until":"now"}'],
      ['/createToken', '{"name":"a","scopes":["all"]}'],
      ['/status', '[]'],
      ['/status', '{'],
    ] as const) {
      const answer = await post(socket, path, body);
      expect({ path, status: answer.status }).toEqual({ path, status: 409 });
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'request-invalid' });
    }
    expect((await post(socket, '/status', '{}', 'PUT')).status).toBe(409);
  });

  it('answers what it was asked before it ends', async () => {
    const { promise, resolve } = deferred<never[]>();
    let isAsked = false;
    const listTokens = () => {
      isAsked = true;
      return promise;
    };
    const { server, remote } = await operated({ listTokens });
    const asked = remote.listTokens({});
    await until('the question', () => isAsked);
    const closed = server.close();
    await sleep(50);
    resolve([]);
    expect(await asked).toEqual([]);
    await closed;
    await expect(remote.status({})).rejects.toMatchObject({ code: 'no-answer' });
  });

  it('says so where the server ends before it has answered', async () => {
    const path = join(temporaryFolder(), 'a.sock');
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(path, () => resolve()));
    onTestFinished(() => {
      server.close();
    });
    await expect(operatorAt(path).status({})).rejects.toMatchObject({ code: 'no-answer' });
  });
});
