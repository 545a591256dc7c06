import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { openAccess, type Storage, sqliteStorage, startServer, systemClock } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { today } from '../src/clock.js';
import { batchBytes, registry, temporaryFolder, testApp } from './fixture.js';

const ADDRESS = '203.0.113.77';
const AGENT = 'agent-quite-unlike-any-other';

/** What a request may bring that tells one client, or one operator, from another. */
const FORGED_KEY = `dwk_${'k'.repeat(22)}`;
const marks = {
  'user-agent': AGENT,
  'x-forwarded-for': ADDRESS,
  cookie: `id=${AGENT}`,
  referer: `https://${AGENT}.example/`,
  'accept-language': AGENT,
  'x-request-id': AGENT,
};
const OCTETS = { 'content-type': 'application/octet-stream' };
const batch = () => batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] });

describe('what is kept of a client', () => {
  it('is neither in the logs nor on disk: no address, no user agent', async () => {
    const folder = temporaryFolder();
    const lines: string[] = [];
    const sqlite = await sqliteStorage({ path: join(folder, 'a.db'), foldMilliseconds: 1 });
    const { app, post } = await testApp({
      storage: failing(sqlite),
      rateLimit: 1000,
      log: { level: 'trace', stream: { write: (line) => lines.push(line) } },
    });
    const from = { remoteAddress: ADDRESS, headers: marks };
    const kept = batch();
    const answers = [
      await app.inject({
        method: 'POST',
        url: '/v1/reports',
        payload: Buffer.from(kept),
        ...from,
        headers: { ...marks, ...OCTETS },
      }),
      await app.inject({ method: 'POST', url: '/v1/reports', payload: 'x', ...from, headers: { ...marks, ...OCTETS } }),
      await app.inject({ url: `/nothing?me=${AGENT}`, ...from }),
      await app.inject({ url: '/v1/metrics/%zz/estimate', ...from }),
      await app.inject({ url: '/v1/metrics/theme/estimate', ...from }),
      await app.inject({ url: '/v1/metrics/theme/estimate' }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 422, 404, 400, 403, 500]);
    expect((await post(kept)).json()).toMatchObject({ duplicate: true });
    const during = readFiles(folder);
    await app.close();
    await sqlite.close();
    expect(lines.some((line) => line.includes('a fault of our own'))).toBe(true);
    for (const text of [lines.join(''), during, readFiles(folder), ...answers.map(({ body }) => body)]) {
      expect(text).not.toContain(ADDRESS);
      expect(text).not.toContain(AGENT);
    }
    for (const { headers: answered } of answers) {
      expect(Object.keys(answered)).not.toContain('set-cookie');
      expect(Object.keys(answered)).not.toContain('etag');
    }
  });

  it('over real connections, whatever goes wrong: neither, and no secret', async () => {
    const folder = temporaryFolder();
    const lines: string[] = [];
    const sqlite = await sqliteStorage({ path: join(folder, 'a.db'), foldMilliseconds: 1 });
    const storage = failing(sqlite);
    const access = await openAccess(storage, systemClock);
    const { key } = await access.createKey({ app: registry.app });
    const { secret } = await access.createToken({ name: 'reader', scopes: ['read'] });
    const server = await startServer({
      registries: [registry],
      storage,
      access,
      trustedProxies: ['127.0.0.1'],
      rateLimit: 40,
      limits: { requestMilliseconds: 2000, headersMilliseconds: 1500, checkMilliseconds: 50 },
      log: { level: 'trace', stream: { write: (line) => lines.push(line) } },
    });
    const day = today(systemClock);
    const now = () => batchBytes({ day, reports: [{ id: 'dark-mode', bytes: [1], window: day - 1 }] });
    const statuses = new Set<number>();
    const ask = async (path: string, init: RequestInit = {}) => {
      const { status } = await fetch(`${server.url}${path}`, { ...init, headers: { ...marks, ...init.headers } });
      statuses.add(status);
    };
    const post = (body: Uint8Array | string, headers = {}) =>
      ask('/v1/reports', { method: 'POST', body, headers: { ...OCTETS, 'dither-key': key, ...headers } });
    const reads = { headers: { authorization: `Bearer ${secret}` } };

    await post(now());
    await post(now(), { 'dither-key': FORGED_KEY });
    await post(now(), { 'sec-gpc': '1' });
    await post(AGENT);
    await post(`{"${AGENT}":`, { 'content-type': 'application/json' });
    await post(`{"version":1,"${AGENT}":"${AGENT}"}`, { 'content-type': 'application/json' });
    await post('x', { 'content-type': `text/${AGENT}` });
    await post('x'.repeat(20_000));
    for (const path of [
      `/nothing/${AGENT}?me=${AGENT}`,
      `/v1/metrics/%zz${AGENT}/estimate`,
      `/v1/metrics/${AGENT}/estimate?app=${AGENT}`,
      `/v1/switch-off/${AGENT}`,
    ]) {
      await ask(path, reads);
    }
    await ask('/v1/metrics', { headers: { authorization: `Bearer ${secret.slice(0, -1)}` } });
    await ask('/v1/metrics/theme/estimate', reads);
    await ask('/metrics', reads);
    const mark = `User-Agent: ${AGENT}\r\nX-Forwarded-For: ${ADDRESS}\r\nDither-Key: ${key}\r\n`;
    const head = `POST /v1/reports HTTP/1.1\r\nHost: localhost\r\n${mark}Content-Type: application/octet-stream\r\n`;
    // What is no HTTP, what does not end, and what is cut off by the client.
    await raw(server.url, `${AGENT} ${secret}\r\n\r\n`);
    await raw(server.url, `${head}x: ${AGENT.repeat(400)}\r\n\r\n`);
    await raw(server.url, `${head}Content-Length: 500\r\n\r\n${AGENT}`);
    await raw(server.url, `${head}Content-Length: 500\r\n\r\n${AGENT}`, true);
    for (let i = 0; i < 40; i++) await ask('/openapi.json');
    expect([...statuses].sort()).toEqual([200, 400, 401, 403, 404, 413, 415, 422, 429, 500]);

    const during = readFiles(folder);
    await server.close();
    expect(lines.some((line) => line.includes('a fault of our own'))).toBe(true);
    const log = lines.join('');
    for (const text of [log, during, readFiles(folder)]) {
      for (const mark of [ADDRESS, AGENT, FORGED_KEY, secret]) expect(text).not.toContain(mark);
    }
    expect(log).not.toContain(key);
  });
});

/** Sends a text as it is, and waits until the connection is over, or ends it itself. */
function raw(url: string, text: string, isImpatient = false): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(text, () => {
        if (isImpatient) setTimeout(() => socket.destroy(), 20);
      });
    });
    socket.resume();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve());
  });
}

function readFiles(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('');
}

/** A storage that does all but one thing. */
function failing(storage: Awaited<ReturnType<typeof sqliteStorage>>): Storage {
  return {
    saveRegistry: storage.saveRegistry.bind(storage),
    registries: storage.registries.bind(storage),
    setAside: storage.setAside,
    commit: storage.commit.bind(storage),
    states: async () => {
      throw new Error('a fault of our own');
    },
    windows: storage.windows.bind(storage),
    saveCandidates: storage.saveCandidates.bind(storage),
    candidates: storage.candidates.bind(storage),
    candidateLists: storage.candidateLists.bind(storage),
    deleteCandidates: storage.deleteCandidates.bind(storage),
    putRecord: storage.putRecord.bind(storage),
    records: storage.records.bind(storage),
    deleteRecord: storage.deleteRecord.bind(storage),
    get newestDay() {
      return storage.newestDay;
    },
    probe: storage.probe.bind(storage),
    usage: storage.usage.bind(storage),
    close: storage.close.bind(storage),
  };
}
