import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { client as rr } from '@dither/mechanisms/rr';
import { boolean, defineRegistry, writeSwitchOff } from '@dither/protocol';
import { memoryStorage, type SwitchOffDocument, SwitchOffError } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { serverPolicy } from '../src/policy.js';
import { readSwitchOffs } from '../src/switch-off/read-switch-offs.js';
import { about, batchBytes, DAY, registry, temporaryFolder, testApp } from './fixture.js';

const APP = registry.app;
const URL_OF_APP = `/v1/switch-off/${APP}`;
const DOCUMENT: SwitchOffDocument = { app: APP, off: ['theme', 'dark-mode'], until: DAY + 3 };
const TEXT = `{"app":"org.example.app","off":["dark-mode","theme"],"until":${DAY + 3}}`;

function file(text: string): string {
  const path = join(temporaryFolder(), 'off.json');
  writeFileSync(path, text);
  return path;
}

describe('GET /v1/switch-off/:app', () => {
  it('answers with the canonical document, public and for an hour', async () => {
    const { get } = await testApp({ switchOffs: [DOCUMENT] });
    const answer = await get(URL_OF_APP);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(TEXT);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
    });
  });

  it('answers the same to everyone, whatever they send along, and marks nobody', async () => {
    const { app } = await testApp({ switchOffs: [DOCUMENT], rateLimit: 1, allowedOrigins: ['https://a.example'] });
    const requests = [
      {},
      { origin: 'https://a.example' },
      { origin: 'https://b.example', 'sec-gpc': '1' },
      { cookie: 'id=1', authorization: 'Bearer 1', 'user-agent': 'someone', 'accept-language': 'de' },
      { 'if-none-match': '*', 'if-modified-since': new Date(0).toUTCString(), range: 'bytes=0-3' },
    ];
    for (const [i, headers] of requests.entries()) {
      const remoteAddress = `203.0.113.${i % 2}`;
      const answer = await app.inject({ url: `${URL_OF_APP}?client=${i}`, headers, remoteAddress });
      expect([answer.statusCode, answer.body]).toEqual([200, TEXT]);
      const { date: _date, ...others } = answer.headers;
      expect(others).toEqual({
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=3600',
        'content-type': 'application/json',
        'content-length': String(TEXT.length),
        connection: 'keep-alive',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it('answers 404 where there is none, to any origin', async () => {
    const { get } = await testApp({ switchOffs: [DOCUMENT] });
    for (const app of ['org.example.other', `${APP}.x`, '__proto__', 'a'.repeat(100)]) {
      const answer = await get(`/v1/switch-off/${app}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.json()).toMatchObject({ code: 'no-switch-off', status: 404, retry: false });
    }
  });

  it('answers 404 from the day on that the document no longer holds', async () => {
    const { get, clock } = await testApp({ switchOffs: [DOCUMENT] });
    clock.set(DAY + 2, 86_399_999);
    expect((await get(URL_OF_APP)).body).toBe(TEXT);
    clock.set(DAY + 3);
    expect((await get(URL_OF_APP)).json()).toMatchObject({ code: 'no-switch-off' });
  });

  it('leaves no line in the log, whoever asks', async () => {
    const lines: string[] = [];
    const log = { level: 'trace', stream: { write: (line: string) => void lines.push(line) } } as const;
    const { app, get } = await testApp({ switchOffs: [DOCUMENT], log });
    const before = lines.length;
    await app.inject({ url: URL_OF_APP, headers: { 'user-agent': 'someone' }, remoteAddress: '203.0.113.77' });
    await get('/v1/switch-off/org.example.other');
    expect(lines.slice(before)).toEqual([]);
  });

  it('does not make the server refuse reports of a metric that is switched off', async () => {
    const { post } = await testApp({ switchOffs: [DOCUMENT] });
    const answer = await post(batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] }));
    expect(answer.json()).toMatchObject({ accepted: 1, rejected: {} });
  });
});

describe('a switch-off document, when the server starts,', () => {
  const refused: readonly [string, readonly SwitchOffDocument[], string][] = [
    ['of an app that is not served', [{ ...DOCUMENT, app: 'org.example.other' }], 'switch-off-unknown-app'],
    ['with a metric the app never had', [{ ...DOCUMENT, off: ['theme', 'themes'] }], 'switch-off-unknown-metric'],
    ['that is over', [{ ...DOCUMENT, until: DAY }], 'switch-off-out-of-range'],
    ['for longer than 28 days', [{ ...DOCUMENT, until: DAY + 29 }], 'switch-off-out-of-range'],
    ['until no whole day', [{ ...DOCUMENT, until: DAY + 1.5 }], 'switch-off-out-of-range'],
    ['beside another one of its app', [DOCUMENT, DOCUMENT], 'switch-off-repeated'],
  ];
  it.each(refused)('keeps it from starting: %s', async (_name, switchOffs, code) => {
    const named = switchOffs.map((document) => ({ ...document, source: 'some/off.json' }));
    const error = await testApp({ switchOffs: named }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SwitchOffError);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toMatch(new RegExp(`^some/off\\.json: ${code}: `));
  });

  it('may be of the first and the last day allowed, and may name nothing', async () => {
    expect(serverPolicy.switchOffDays).toBe(28);
    for (const document of [
      { ...DOCUMENT, until: DAY + 1 },
      { ...DOCUMENT, until: DAY + 28 },
      { ...DOCUMENT, off: [] },
    ]) {
      const { get } = await testApp({ switchOffs: [document] });
      expect((await get(URL_OF_APP)).body).toBe(writeSwitchOff(APP, document));
    }
  });

  it('is told the days it may have', async () => {
    const error = await testApp({ switchOffs: [{ ...DOCUMENT, until: 0 }] }).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toContain(`${DAY + 1} (2026-11-21) to ${DAY + 28} (2026-12-18)`);
  });

  it('keeps it from starting if no device would read it for its length', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `m${i}`.padEnd(60, 'x'));
    const metrics = Object.fromEntries(
      ids.map((id) => [id, boolean({ ...about, period: 28, epsilon: 0.01, mechanism: rr })]),
    );
    const wide = defineRegistry({ app: 'org.example.wide', expectedClients: 10, metrics });
    const build = (off: readonly string[]) =>
      testApp({ registries: [wide], switchOffs: [{ app: wide.app, off, until: DAY + 1 }] });
    await expect(build(ids)).rejects.toMatchObject({ code: 'switch-off-invalid' });
    await expect(build(ids.slice(0, 200))).resolves.toBeDefined();
  });

  it('may name a metric that only an earlier version of the app had', async () => {
    const storage = memoryStorage();
    await storage.saveRegistry(registry);
    const metrics = { other: boolean({ ...about, period: 28, mechanism: rr }) };
    const later = defineRegistry({ app: APP, expectedClients: 10, metrics });
    const { get } = await testApp({ storage, registries: [later], switchOffs: [{ ...DOCUMENT, off: ['theme'] }] });
    expect((await get(URL_OF_APP)).statusCode).toBe(200);
  });
});

describe('readSwitchOffs', () => {
  it('reads a file in any layout, and says which one it was', async () => {
    const path = file(JSON.stringify({ until: DAY + 3, off: ['theme', 'dark-mode'], app: APP }, undefined, 2));
    const documents = await readSwitchOffs([path]);
    expect(documents).toEqual([{ ...DOCUMENT, source: path }]);
    const { get } = await testApp({ switchOffs: documents });
    expect((await get(URL_OF_APP)).body).toBe(TEXT);
  });

  it.each([
    ['{', 'switch-off-invalid', 'it is not JSON'],
    ['[]', 'switch-off-invalid', 'a document'],
    [TEXT.replace('"off"', '"of"'), 'switch-off-invalid', 'off'],
    [TEXT.replace('"theme"', '7'), 'switch-off-invalid', 'off.1'],
    [TEXT.replace(String(DAY + 3), '"2026-11-23"'), 'switch-off-invalid', 'until'],
    [TEXT.replace('{', '{"note":"",'), 'switch-off-invalid', 'note'],
  ])('refuses %s in one line that names the file', async (text, code, named) => {
    const path = file(text);
    const error = await readSwitchOffs([path]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'SwitchOffError', code });
    const { message } = error as Error;
    expect(message.startsWith(`${path}: ${code}: `)).toBe(true);
    expect(message).toContain(named);
    expect(message).not.toContain('\n');
  });

  it('refuses a file that is not there', async () => {
    const path = join(temporaryFolder(), 'nothing.json');
    await expect(readSwitchOffs([path])).rejects.toMatchObject({
      code: 'switch-off-unreadable',
      message: `${path}: switch-off-unreadable: ENOENT`,
    });
  });
});
