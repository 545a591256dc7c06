import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError, sqliteStorage } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { batchBytes, temporaryFolder, testApp } from './fixture.js';

const ADDRESS = '203.0.113.77';
const AGENT = 'agent-quite-unlike-any-other';

describe('what is kept of a client', () => {
  it('is neither in the logs nor on disk: no address, no user agent', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.db');
    const lines: string[] = [];
    const sqlite = await sqliteStorage({ path, foldMilliseconds: 1 });
    const { app, post } = await testApp({
      storage: {
        ...bound(sqlite),
        states: async () => {
          throw new StorageError('not-stored', 'a fault of our own, to be logged');
        },
      },
      rateLimit: 1000,
      log: { level: 'trace', stream: { write: (line) => lines.push(line) } },
    });
    const headers = { 'user-agent': AGENT, 'x-forwarded-for': ADDRESS, cookie: `id=${AGENT}` };
    const from = { remoteAddress: ADDRESS, headers };
    const batch = batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] });
    const type = { 'content-type': 'application/octet-stream' };
    const answers = [
      await app.inject({
        method: 'POST',
        url: '/v1/reports',
        payload: Buffer.from(batch),
        ...from,
        headers: { ...headers, ...type },
      }),
      await app.inject({ method: 'POST', url: '/v1/reports', payload: 'x', ...from, headers: { ...headers, ...type } }),
      await app.inject({ url: `/nothing?me=${AGENT}`, ...from }),
      await app.inject({ url: '/v1/metrics/%zz/estimate', ...from }),
      await app.inject({ url: '/v1/metrics/theme/estimate', ...from }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 422, 404, 400, 500]);
    expect((await post(batch)).json()).toMatchObject({ duplicate: true });
    const during = readFiles(folder);
    await app.close();
    await sqlite.close();
    expect(lines.some((line) => line.includes('a fault of our own'))).toBe(true);
    for (const kept of [lines.join(''), during, readFiles(folder), ...answers.map(({ body }) => body)]) {
      expect(kept).not.toContain(ADDRESS);
      expect(kept).not.toContain(AGENT);
    }
    for (const { headers: answered } of answers) {
      expect(Object.keys(answered)).not.toContain('set-cookie');
      expect(Object.keys(answered)).not.toContain('etag');
    }
  });
});

function readFiles(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('');
}

/** The methods of a storage as an object of their own, so that one can be replaced. */
function bound(storage: Awaited<ReturnType<typeof sqliteStorage>>) {
  return {
    saveRegistry: storage.saveRegistry.bind(storage),
    registries: storage.registries.bind(storage),
    setAside: storage.setAside,
    commit: storage.commit.bind(storage),
    states: storage.states.bind(storage),
    windows: storage.windows.bind(storage),
    saveCandidates: storage.saveCandidates.bind(storage),
    candidates: storage.candidates.bind(storage),
    candidateLists: storage.candidateLists.bind(storage),
    deleteCandidates: storage.deleteCandidates.bind(storage),
    close: storage.close.bind(storage),
  };
}
