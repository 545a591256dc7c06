import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { serverPolicy, startServer } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCandidates, textsOf } from '../src/candidates/read-candidates.js';
import { StorageError } from '../src/errors.js';
import { memoryStorage } from '../src/storage/memory.js';
import type { Storage } from '../src/storage/storage.js';
import { registry, testApp } from './fixture.js';

type App = Awaited<ReturnType<typeof testApp>>['app'];

const TEXT = 'text/plain; charset=utf-8';

function put(app: App, name: string, payload: string | Buffer, type = TEXT) {
  return app.inject({ method: 'PUT', url: `/v1/candidates/${name}`, headers: { 'content-type': type }, payload });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A storage's function that fails the first time. */
function failingOnce(save: Storage['saveCandidates']): Storage['saveCandidates'] {
  let isFirst = true;
  return async (list) => {
    if (!isFirst) return save(list);
    isFirst = false;
    throw new StorageError('not-stored', 'the disk is full');
  };
}

describe('PUT /v1/candidates/:name', () => {
  it('keeps one text a line, without empty lines and repetitions, and tells how many it left out', async () => {
    const { app, get } = await testApp();
    const list = 'a.example\nb.example\n\u{1f600} \u00fc\n';
    const put1 = await put(app, 'hosts', '\ufeffa.example\r\n\r\nb.example\n\na.example\n\u{1f600} \u00fc');
    expect(put1.statusCode).toBe(200);
    const bytes = Buffer.byteLength(list);
    expect(put1.json()).toEqual({ name: 'hosts', count: 3, duplicates: 1, empty: 2, sha256: sha256(list), bytes });

    const kept = await get('/v1/candidates/hosts');
    expect(kept.headers['content-type']).toBe(TEXT);
    expect(kept.headers['cache-control']).toBe('no-store');
    expect(Object.keys(kept.headers)).not.toContain('etag');
    expect(kept.body).toBe(list);
    expect((await put(app, 'a-1', 'x')).json()).toMatchObject({ name: 'a-1', count: 1, duplicates: 0, empty: 0 });
    expect((await get('/v1/candidates')).json()).toEqual({
      candidates: [
        { name: 'a-1', count: 1, sha256: sha256('x\n'), bytes: 2 },
        { name: 'hosts', count: 3, sha256: sha256(list), bytes },
      ],
    });
  });

  it('replaces a list, and forgets one that is deleted', async () => {
    const { app, get } = await testApp();
    await put(app, 'hosts', 'a\n');
    await put(app, 'hosts', 'b\n');
    expect((await get('/v1/candidates/hosts')).body).toBe('b\n');
    const remove = () => app.inject({ method: 'DELETE', url: '/v1/candidates/hosts' });
    expect((await remove()).statusCode).toBe(204);
    expect((await remove()).json()).toMatchObject({ code: 'unknown-candidates', status: 404 });
    expect((await get('/v1/candidates/hosts')).json()).toMatchObject({ code: 'unknown-candidates', status: 404 });
    expect((await get('/v1/candidates')).json()).toEqual({ candidates: [] });
  });

  it('refuses what is no list, with a code, and keeps nothing of it', async () => {
    const { app, get } = await testApp();
    const long = 'x'.repeat(serverPolicy.maxCandidateLength);
    const lines = Array.from({ length: serverPolicy.maxCandidates + 1 }, (_, i) => String(i)).join('\n');
    const large = `${long}\n`.repeat(serverPolicy.maxCandidateBytes / long.length);
    for (const [name, payload, type, code] of [
      ['hosts', '', TEXT, 'candidates-invalid'],
      ['hosts', '\n\r\n\n', TEXT, 'candidates-invalid'],
      ['hosts', Buffer.from([0x61, 0x0a, 0xff, 0x0a]), TEXT, 'candidates-invalid'],
      ['hosts', Buffer.from([0x61, 0xe2, 0x82]), TEXT, 'candidates-invalid'],
      ['hosts', `${long}x\n`, TEXT, 'candidates-invalid'],
      ['hosts', `${long}x`, TEXT, 'candidates-invalid'],
      ['hosts', 'a', 'text/plain; charset=latin1', 'candidates-invalid'],
      ['hosts', '["a"]', 'application/json', 'candidates-invalid'],
      ['hosts', 'a', 'application/octet-stream', 'candidates-invalid'],
      ['Hosts', 'a', TEXT, 'candidates-invalid'],
      ['-a', 'a', TEXT, 'candidates-invalid'],
      ['a'.repeat(65), 'a', TEXT, 'candidates-invalid'],
      ['hosts', lines, TEXT, 'candidates-too-large'],
      ['hosts', large, TEXT, 'candidates-too-large'],
    ] as const) {
      const response = await put(app, name, payload, type);
      expect(response.headers['content-type']).toContain('application/problem+json');
      const problem = response.json();
      expect(problem).toMatchObject({ code, retry: false, status: code === 'candidates-invalid' ? 400 : 413 });
      expect(response.body).not.toContain(long);
    }
    expect((await get('/v1/candidates')).json()).toEqual({ candidates: [] });
    expect((await put(app, 'a'.repeat(64), `${long}\r\n`, 'text/plain')).statusCode).toBe(200);
  });

  it('keeps so many lists, and replaces one when there is no room for another', async () => {
    const { app } = await testApp();
    for (let i = 0; i < serverPolicy.maxCandidateLists; i++) await put(app, `list-${i}`, 'a');
    expect((await put(app, 'one-more', 'a')).json()).toMatchObject({ code: 'candidates-too-large' });
    expect((await put(app, 'list-0', 'b')).statusCode).toBe(200);
  });

  it('keeps so many lists also when more arrive at once', async () => {
    const { app, get } = await testApp();
    const names = Array.from({ length: 70 }, (_, i) => `list-${i}`);
    const answers = await Promise.all(names.map((name) => put(app, name, `${name}\n`)));
    const kept = answers.filter(({ statusCode }) => statusCode === 200);
    expect(kept).toHaveLength(serverPolicy.maxCandidateLists);
    for (const refused of answers.filter((answer) => !kept.includes(answer))) {
      expect(refused.json()).toMatchObject({ code: 'candidates-too-large', status: 413 });
    }
    const { candidates } = (await get('/v1/candidates')).json() as { candidates: { name: string }[] };
    expect(candidates.map(({ name }) => name)).toEqual(kept.map((answer) => answer.json().name as string).sort());
  });

  it('goes on saving lists after one could not be saved', async () => {
    const kept = memoryStorage();
    const broken = { ...kept, saveCandidates: failingOnce(kept.saveCandidates) };
    const { app } = await testApp({ storage: broken });
    const answers = await Promise.all(['a', 'b'].map((name) => put(app, name, 'x')));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 500]);
    expect(await kept.candidateLists()).toHaveLength(1);
  });

  it('answers an upload that is too large over a real connection, instead of cutting it', async () => {
    const server = await startServer({ registries: [registry], storage: memoryStorage(), rateLimit: false });
    onTestFinished(() => server.close());
    const body = Buffer.alloc(2 * serverPolicy.maxCandidateBytes, 'a\n');
    const url = `${server.url}/v1/candidates/hosts`;
    const response = await fetch(url, { method: 'PUT', headers: { 'content-type': TEXT }, body });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'candidates-too-large' });
  });
});

describe('readCandidates', () => {
  it('reads the same list however its bytes are cut into chunks', async () => {
    const bytes = new TextEncoder().encode('\u{1f600}a\r\n\r\n\u00fc\r\u20ac\nb\u20ac\r\n\u00fc\r\u20ac');
    const whole = await readCandidates(Readable.from([bytes]));
    expect(whole).toMatchObject({ count: 3, duplicates: 1, empty: 1 });
    expect(new TextDecoder().decode(whole.bytes)).toBe('\u{1f600}a\n\u00fc\r\u20ac\nb\u20ac\n');
    for (let size = 1; size < bytes.length; size++) {
      const count = Math.ceil(bytes.length / size);
      const chunks = Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
      expect(await readCandidates(Readable.from(chunks))).toEqual(whole);
    }
  });

  it('skips one byte order mark, and keeps another as part of a text', async () => {
    const read = (text: string) => readCandidates(Readable.from([new TextEncoder().encode(text)]));
    expect(textsOf(await read('\ufeffa\nb'))).toEqual(['a', 'b']);
    for (const upload of ['\ufeff\ufeffa\nb', '\n\ufeffa\nb']) {
      const list = await read(upload);
      expect(Buffer.from(list.bytes).toString()).toBe('\ufeffa\nb\n');
      expect(textsOf(list)).toEqual(['\ufeffa', 'b']);
    }
  });

  it('takes a list of exactly the limits, in bytes, lines and length', async () => {
    const limits = { maxCandidateBytes: 9, maxCandidates: 3, maxCandidateLength: 2 };
    const read = (text: string) => readCandidates(Readable.from([new TextEncoder().encode(text)]), limits);
    expect(await read('ab\ncd\nef\n')).toMatchObject({ count: 3 });
    await expect(read('ab\ncd\nef\n\n')).rejects.toMatchObject({ code: 'candidates-too-large' });
    await expect(read('a\n\na\nb')).rejects.toMatchObject({ code: 'candidates-too-large' });
    await expect(read('abc')).rejects.toMatchObject({ code: 'candidates-invalid' });
  });
});
