import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { client as rr } from '@dither/mechanisms/rr';
import { boolean, defineRegistry } from '@dither/protocol';
import { serverPolicy, sqliteStorage, systemClock } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { today } from '../src/clock.js';
import { about, batchBytes, budget, counted, registry, temporaryFolder } from './fixture.js';
import {
  type Ended,
  halfRequest,
  postBatch,
  preloaded,
  registryFile,
  runCommand,
  runHere,
  serverProcess,
} from './server-process.js';

const day = today(systemClock);

function yes(): Uint8Array {
  return batchBytes({ day, reports: [{ id: 'dark-mode', bytes: [1], window: day - 1 }] });
}

/** A server over a database of its own, and the commands for it: `command` while it runs, `onFile` while it does not. */
async function operated(...args: readonly string[]) {
  const folder = temporaryFolder();
  const db = join(folder, 'a.db');
  const all = ['--db', db, ...args];
  return { folder, db, server: await serverProcess(all), again: () => serverProcess(all), ...commandsFor(db) };
}

function commandsFor(db: string) {
  return {
    /** @returns standard output */
    command: async (...words: readonly string[]) => outputOf(await runHere(...words, '--db', db)),
    failing: async (...words: readonly string[]) => errorsOf(await runHere(...words, '--db', db)),
    onFile: async (...words: readonly string[]) => outputOf(await runCommand([...words, '--db', db])),
  };
}

function outputOf({ code, output, errors }: Ended): string {
  expect({ code, errors }).toMatchObject({ code: 0 });
  return output;
}

/** Of one that failed, and not for its settings. */
function errorsOf({ code, errors }: Ended): string {
  expect(code).toBe(1);
  expect(errors).toMatch(/^dither-server: .*\n$/);
  return errors;
}

/** The same app without one metric, and with another. */
function nextVersion() {
  return defineRegistry({
    app: registry.app,
    expectedClients: 1000,
    budget,
    metrics: {
      'dark-mode': boolean({ ...about, period: 1, mechanism: rr }),
      beta: boolean({ ...about, period: 1, mechanism: rr }),
    },
  });
}

describe('the operator of a server that runs', () => {
  it('is whoever may open its socket: nobody but its user', async () => {
    const { db, server } = await operated();
    const { mode } = statSync(`${db}.sock`);
    expect(mode & 0o777).toBe(0o600);
    expect((await server.end()).code).toBe(0);
    expect(existsSync(`${db}.sock`)).toBe(false);
  });

  it('finds it again after a kill, and never takes the socket of another', async () => {
    const { db, server, again, command } = await operated();
    await server.end('SIGKILL');
    expect(existsSync(`${db}.sock`)).toBe(true);
    const second = await again();
    expect(JSON.parse(await command('status', '--json'))).toMatchObject({ server: { url: second.url } });
    const other = join(temporaryFolder(), 'b.db');
    const { code, errors } = await runCommand(['--db', other, '--port', '0', '--admin-socket', `${db}.sock`]);
    expect(code).toBe(1);
    expect(errors).toContain(`socket-taken: another server listens at ${db}.sock`);
    expect(JSON.parse(await command('status', '--json'))).toMatchObject({ server: { url: second.url } });
  });

  it('goes to the file where no server runs, and is told who has it otherwise', async () => {
    const { folder, db, server, onFile } = await operated('--admin-socket', 'off');
    expect(existsSync(`${db}.sock`)).toBe(false);
    for (const words of [['status'], ['restore', db], ['backup', join(folder, 'b.db')]]) {
      expect(errorsOf(await runCommand([...words, '--db', db]))).toMatch(/storage-locked|restore-refused/);
    }
    await server.end();
    expect(await onFile('status')).toContain('none runs');
  });

  it('asks whether it answers, by its address or by its socket', async () => {
    const { db, server } = await operated();
    const { port } = new URL(server.url);
    const ways = [
      ['--port', port],
      ['--port', port, '--host', '0.0.0.0'],
      ['--port', '0', '--db', db],
    ];
    for (const way of ways) outputOf(await runHere('health', ...way));
    await server.end();
    for (const way of ways) expect(errorsOf(await runHere('health', ...way))).toContain('dither-server: no-answer: ');
  });

  it('is told so by health where whoever listens there resets the connection', async () => {
    const peer = createServer({ pauseOnConnect: true }, (socket) => socket.resetAndDestroy());
    await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      peer.close();
    });
    const { port } = peer.address() as AddressInfo;
    // The reset may meet the client at any of its steps.
    const asked = Array.from({ length: 8 }, () => runHere('health', '--port', String(port)));
    for (const ended of await Promise.all(asked)) expect(errorsOf(ended)).toContain('no-answer: http://127.0.0.1:');
  });

  it('says what it runs', async () => {
    const { folder, command, server } = await operated();
    await command('registry', 'add', registryFile(folder, registry));
    await postBatch(server.url, yes());
    const status = JSON.parse(await command('status', '--json'));
    expect(status).toMatchObject({
      server: { url: server.url, seconds: expect.any(Number), memoryBytes: expect.any(Number) },
      registries: 1,
      tokens: 0,
      keys: 0,
      usage: { nonces: 1 },
    });
    expect(await command('status')).toContain(`${server.url}, process ${status.server.pid}`);
  });
});

describe('registry', () => {
  it('adds one to a running server, whose batches count from then on, and over restarts', async () => {
    const { folder, db, server, again, command } = await operated();
    const body = yes();
    expect(await postBatch(server.url, body)).toMatchObject({ code: 'unknown-registry', retry: true });
    expect(await command('registry', 'list')).toContain(`${registry.fingerprint}  unknown since`);
    const path = registryFile(folder, registry);
    expect(await command('registry', 'diff', path)).toContain('nothing to compare it with');
    expect(await command('registry', 'add', path)).toBe('');
    expect(await postBatch(server.url, body)).toMatchObject({ status: 200, duplicate: false });
    await server.end();
    const next = await again();
    expect(await postBatch(next.url, body)).toMatchObject({ status: 200, duplicate: true });
    expect(JSON.parse(await command('registry', 'list', '--json'))).toMatchObject({
      registries: [{ app: registry.app, fingerprint: registry.fingerprint, metrics: 4, reports: 1, isCurrent: true }],
      unknown: [],
    });
    await next.end();
    const storage = await sqliteStorage({ path: db });
    onTestFinished(() => storage.close());
    expect(await counted(storage, 'dark-mode')).toMatchObject([{ n: 1 }]);
  });

  it('says what another one changes, and goes on with batches of both', async () => {
    const { folder, server, command } = await operated();
    await command('registry', 'add', registryFile(folder, registry));
    const next = nextVersion();
    const path = registryFile(folder, next);
    const said = await command('registry', 'diff', path);
    expect(said).toContain('beta: added');
    expect(said).toContain('theme: removed');
    expect(said).toContain('The registry has a new fingerprint');
    expect(JSON.parse(await command('registry', 'diff', path, '--json'))).toMatchObject({ isNew: true });
    expect(await command('registry', 'add', path)).toBe(said);
    expect(await postBatch(server.url, yes())).toMatchObject({ status: 200 });
    expect(await command('registry', 'list')).toMatch(
      new RegExp(`${registry.fingerprint} .* earlier\n${next.fingerprint} .* current\n$`),
    );
  });

  it('refuses one that was edited', async () => {
    const { folder, command } = await operated();
    const path = registryFile(folder, registry);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"period":7', '"period":1'));
    const { code, errors } = await runHere('registry', 'add', path);
    expect(code).toBe(2);
    expect(errors).toContain('fingerprint-mismatch');
    expect(JSON.parse(await command('registry', 'list', '--json')).registries).toEqual([]);
  });
});

describe('token', () => {
  it('can be made before the first start; then nobody reads without one', async () => {
    const folder = temporaryFolder();
    const db = join(folder, 'a.db');
    const made = await runCommand(['token', 'create', 'analyst', '--db', db]);
    expect(made.output).toMatch(/^dtr_[A-Za-z0-9_-]{43}\n$/);
    const secret = made.output.trim();
    expect(made.errors).not.toContain(secret.slice(4));
    const server = await serverProcess(['--db', db, '--registry', registryFile(folder, registry)]);
    const read = (headers: Record<string, string> = {}) => fetch(`${server.url}/v1/metrics`, { headers });
    expect((await read()).status).toBe(401);
    expect((await read({ authorization: `Bearer ${secret}` })).status).toBe(200);
    const { command, failing, onFile } = commandsFor(db);
    const list = await command('token', 'list', '--json');
    expect(list).not.toContain(secret.slice(4));
    const [{ id }] = JSON.parse(list);
    expect(await command('token', 'list')).toContain(`${id}  analyst  read    all`);
    await command('token', 'create', 'another');
    await command('token', 'revoke', id);
    expect((await read({ authorization: `Bearer ${secret}` })).status).toBe(401);
    expect(await failing('token', 'revoke', id)).toContain('not-found');
    const [{ id: last }] = JSON.parse(await command('token', 'list', '--json'));
    await server.end();
    expect(readFileSync(db).includes(secret)).toBe(false);
    expect(await onFile('token', 'revoke', last)).toBe('');
    expect(await onFile('token', 'list', '--json')).toBe('[]\n');
  });

  it('is made with scopes, apps and a last day, by the running server', async () => {
    const { command, failing } = await operated();
    const limits = ['--apps', 'a.example,b.example', '--expires', '2099-01-01'];
    const made = JSON.parse(await command('token', 'create', 'dashboard', ...limits, '--json'));
    expect(made).toMatchObject({ scopes: ['read'], apps: ['a.example', 'b.example'], expires: '2099-01-01' });
    expect(made.secret).toMatch(/^dtr_/);
    expect(await failing('token', 'create', 'x', '--expires', 'soon')).toContain('dither-server: expires-invalid: ');
  });
});

describe('key', () => {
  it('is needed by batches of its app from when it is made, and by none after it is revoked', async () => {
    const { folder, server, command } = await operated();
    await command('registry', 'add', registryFile(folder, registry));
    const key = (await command('key', 'create', registry.app)).trim();
    expect(key).toMatch(/^dwk_/);
    expect(await postBatch(server.url, yes())).toMatchObject({ code: 'key-refused', retry: true });
    const next = (await command('key', 'rotate', registry.app)).trim();
    const post = (value: string) =>
      fetch(`${server.url}/v1/reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', 'dither-key': value },
        body: Buffer.from(yes()),
      });
    for (const value of [key, next]) expect((await post(value)).status).toBe(200);
    const keys: { id: string; until?: string }[] = JSON.parse(
      await command('key', 'list', '--app', registry.app, '--json'),
    );
    expect(keys.map(({ until }) => until !== undefined).sort()).toEqual([false, true]);
    const [head, ...rows] = (await command('key', 'list')).split('\n').filter((line) => line !== '');
    expect(head).toMatch(/ created +taken until +required from$/);
    expect(rows.map((row) => row.split(/ {2,}/).slice(4)).sort()).toEqual([
      [expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/), 'at once'],
      ['no end', 'at once'],
    ]);
    await command('key', 'create', 'org.example.later', '--required-from', '2099-01-01');
    expect(await command('key', 'list', '--app', 'org.example.later')).toMatch(/ no end +2099-01-01\n$/);
    for (const { id } of keys) await command('key', 'revoke', id);
    expect(await postBatch(server.url, yes())).toMatchObject({ status: 200 });
  });
});

describe('backup and restore', () => {
  it('restore on a server that counts: what the backup held is known, what came after can come again', async () => {
    const { folder, db, server, command } = await operated();
    await command('registry', 'add', registryFile(folder, registry));
    const held = Array.from({ length: 50 }, yes);
    for (const body of held) expect(await postBatch(server.url, body)).toMatchObject({ duplicate: false });
    const file = join(folder, 'b.db');

    const after: Uint8Array[] = [];
    let isDone = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!isDone) {
        const body = yes();
        // As devices do: the same bytes until there is a receipt.
        for (;;) {
          const answer = await postBatch(server.url, body);
          if (answer?.status === 200) break;
          if (answer !== undefined) expect(answer).toMatchObject({ status: 503, retry: true });
          await sleep(5);
        }
        after.push(body);
        await sleep(10);
      }
    });
    const more = async () => {
      const enough = after.length + 50;
      while (after.length < enough) await sleep(5);
    };
    await more();
    expect(await command('backup', file)).toMatch(new RegExp(`^[0-9a-f]{64} {2}${file}\n$`));
    await more();
    const restored = JSON.parse(await command('restore', file, '--json'));
    const restoredAt = after.length;
    await more();
    isDone = true;
    await Promise.all(clients);

    expect(restored.reports).toBeGreaterThanOrEqual(held.length);
    expect(restored.movedTo).toBe(`${db}.before-restore-1`);
    expect(existsSync(restored.movedTo)).toBe(true);
    for (const body of held) expect(await postBatch(server.url, body)).toMatchObject({ duplicate: true });
    // Of those in flight while it was restored nobody can tell; from then on all of them count.
    for (const body of after.slice(restoredAt + clients.length)) {
      expect(await postBatch(server.url, body)).toMatchObject({ duplicate: true });
    }
    let lost = 0;
    for (const body of after) if ((await postBatch(server.url, body))?.duplicate === false) lost++;
    expect(lost).toBeGreaterThan(0);
    const { code, errors } = await server.end();
    expect(code).toBe(0);
    expect(errors).toContain(`what was there before: ${restored.movedTo}\n`);
    const storage = await sqliteStorage({ path: db });
    onTestFinished(() => storage.close());
    const n = held.length + after.length;
    expect(await counted(storage, 'dark-mode')).toEqual([{ window: day - 1, n, counts: [n] }]);
  });

  it('refuse what cannot be used, and the server goes on', async () => {
    const { folder, server, command, failing } = await operated();
    await command('registry', 'add', registryFile(folder, registry));
    await postBatch(server.url, yes());
    const file = join(folder, 'b.db');
    await command('backup', file);
    const damaged = join(folder, 'damaged.db');
    writeFileSync(damaged, readFileSync(file).fill(0x5a, 4096, 8192));
    for (const [words, expected] of [
      [['backup', file], 'backup-exists'],
      [['backup', join(folder, 'none', 'b.db')], 'storage-unreachable'],
      [['restore', damaged], 'storage-corrupt'],
      [['restore', join(folder, 'none.db')], 'storage-unreachable'],
      [['restore', import.meta.filename], 'storage-foreign'],
    ] as const) {
      expect(await failing(...words)).toContain(`dither-server: ${expected}: `);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    }
    expect(JSON.parse(await command('status', '--json'))).toMatchObject({ usage: { nonces: 1 } });
  });

  it('restore, and a signal meanwhile: the server ends in order, over the one file or the other', async () => {
    const { folder, db, server, command } = await operated();
    await command('registry', 'add', registryFile(folder, registry));
    await postBatch(server.url, yes());
    const file = join(folder, 'b.db');
    await command('backup', file);
    await postBatch(server.url, yes());
    const restoring = runHere('restore', file, '--db', db);
    // Anywhere between the reading of the backup and the next life.
    await sleep(randomInt(20, 300));
    expect((await server.end()).code).toBe(0);
    const { code } = await restoring;
    const storage = await sqliteStorage({ path: db });
    onTestFinished(() => storage.close());
    expect(await counted(storage, 'dark-mode')).toMatchObject([{ n: code === 0 ? 1 : 2 }]);
  });

  it('restore under a switch-off document that holds no more: it is dropped with a line, and the server goes on', async () => {
    const { folder, db, server, command } = await operated();
    const [empty, file, off] = [join(folder, 'empty.db'), join(folder, 'b.db'), join(folder, 'off.json')];
    await command('backup', empty);
    await command('registry', 'add', registryFile(folder, registry));
    await command('backup', file);
    await server.end();
    writeFileSync(off, JSON.stringify({ app: registry.app, off: ['theme'], until: day + 2 }));
    const later = preloaded(`
      const { now } = Date;
      process.on('SIGUSR2', () => { Date.now = () => now() + 3 * 86_400_000; });`);
    for (const [backup, code] of [
      [file, 'switch-off-out-of-range'],
      [empty, 'switch-off-unknown-app'],
    ] as const) {
      const next = await serverProcess(['--db', db, '--switch-off', off], later);
      const asked = async () => (await fetch(`${next.url}/v1/switch-off/${registry.app}`)).status;
      expect(await asked()).toBe(200);
      if (backup === file) next.signal('SIGUSR2');
      await command('restore', backup);
      expect(await asked()).toBe(404);
      expect((await fetch(`${next.url}/healthz`)).status).toBe(200);
      const { code: ended, errors } = await next.end();
      expect(ended).toBe(0);
      expect(errors).toContain(`dither-server: ${off}: ${code}: `);
    }
  });

  it('restore, and registries that were added since are asked for anew, though the backup has seen them unknown', async () => {
    const { folder, server, command, again, onFile } = await operated();
    expect(await postBatch(server.url, yes())).toMatchObject({ code: 'unknown-registry' });
    const file = join(folder, 'b.db');
    await command('backup', file);
    expect(await command('registry', 'list')).toContain(`${registry.fingerprint}  unknown since`);
    await command('restore', file);
    expect(await command('registry', 'list')).not.toContain(registry.fingerprint);
    await server.end();
    await onFile('restore', file);
    await again();
    expect(await command('registry', 'list')).not.toContain(registry.fingerprint);
  });

  it('refuse a backup over which no server can begin, and put the earlier file back', async () => {
    const { folder, db, server, command, failing, again } = await operated();
    const bad = join(folder, 'bad.db');
    const other = await sqliteStorage({ path: join(folder, 'other.db') });
    await other.putRecord({ kind: 'write-key', id: 'a', text: '{}' });
    await other.backup(bad);
    await other.close();
    await command('registry', 'add', registryFile(folder, registry));
    const body = yes();
    await postBatch(server.url, body);
    expect(await failing('restore', bad)).toContain('storage-corrupt: a write-key cannot be read');
    expect(await postBatch(server.url, body)).toMatchObject({ duplicate: true });
    expect((await server.end()).code).toBe(0);
    expect(errorsOf(await runCommand(['restore', bad, '--db', db]))).toContain('storage-corrupt');
    expect(await postBatch((await again()).url, body)).toMatchObject({ duplicate: true });
    expect(readdirSync(folder).filter((name) => /restor/.test(name))).toEqual([]);
    const none = join(folder, 'none.db');
    expect(errorsOf(await runCommand(['restore', bad, '--db', none]))).toContain('storage-corrupt');
    expect(existsSync(none)).toBe(false);
  });

  it('restore does not wait for a client that has stopped to send as long as an end does', async () => {
    const { folder, server, command } = await operated();
    const file = join(folder, 'b.db');
    await command('backup', file);
    const timed = async () => {
      const begun = performance.now();
      await command('restore', file);
      return performance.now() - begun;
    };
    // On a busy machine restoring takes longer, waiting does not.
    const alone = await timed();
    await halfRequest(server.url);
    expect((await timed()) - alone).toBeLessThan(serverPolicy.cutMilliseconds);
  });

  it('restore where no server runs', async () => {
    const { folder, db, server, command, onFile } = await operated();
    const file = join(folder, 'b.db');
    await command('backup', file);
    await command('registry', 'add', registryFile(folder, registry));
    await server.end();
    await onFile('restore', file);
    expect(JSON.parse(await onFile('registry', 'list', '--json')).registries).toEqual([]);
    expect(existsSync(`${db}.before-restore-1`)).toBe(true);
  });
});
