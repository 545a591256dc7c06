import { batchToJson, encodeBatch, parseHeader, policy, problems, toBase64url } from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import { batchBytes, counted, DAY, registry, type TestReport, testApp, WEEK, wireReport } from './fixture.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;
const NONCE = Uint8Array.from({ length: 16 }, (_, i) => i);

function json(reports: readonly TestReport[]) {
  return batchToJson({
    day: DAY,
    nonce: NONCE,
    registry: registry.fingerprint,
    reports: reports.map(wireReport),
  });
}

describe('POST /v1/reports', () => {
  it('answers a counted batch with its name and its number of reports', async () => {
    const { post, storage } = await testApp();
    const response = await post(batchBytes({ nonce: NONCE, reports: [YES, { id: 'searches', bytes: [5] }] }));
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('application/json');
    expect(response.json()).toEqual({ batch: toBase64url(NONCE), duplicate: false, accepted: 2, rejected: {} });
    expect(await counted(storage, 'searches')).toEqual([{ window: DAY - 1, n: 1, counts: [0, 0, 0, 0, 0, 1] }]);
  });

  it('takes the JSON form as the same batch', async () => {
    const { post, storage } = await testApp();
    const reports: TestReport[] = [YES, { id: 'load-time', bytes: [0b11, 0] }, { id: 'theme', bytes: [2] }];
    expect((await post(json(reports))).json()).toMatchObject({ duplicate: false, accepted: 3 });
    expect((await post(batchBytes({ nonce: NONCE, reports }))).json()).toEqual({
      batch: toBase64url(NONCE),
      duplicate: true,
    });
    expect(await counted(storage, 'load-time')).toEqual([{ window: WEEK, n: 1, counts: [1, 1, 0, 0, 0, 0, 0, 0, 0] }]);
  });

  it('counts the good reports of a batch and says why the others are not', async () => {
    const { post, storage } = await testApp();
    const reports: TestReport[] = [
      { ...YES, window: DAY }, // its day is not over
      { ...YES, window: DAY - 1 },
      { ...YES, window: DAY - 29 }, // ended 28 days ago
      { ...YES, window: DAY - 30 },
      { id: 'load-time', bytes: [1, 0], window: WEEK },
      { id: 'load-time', bytes: [1, 0], window: WEEK + 7 }, // still open
      { id: 'load-time', bytes: [1, 0], window: WEEK + 1 }, // no period begins here
      { id: 'load-time', bytes: [0, 0b10], window: WEEK - 7 }, // a tenth bit, of nine
      { id: 'theme', bytes: [3] }, // a fourth value, of three
      { id: 'searches', bytes: [6] },
    ];
    const response = await post(batchBytes({ reports }));
    expect(response.json()).toMatchObject({
      accepted: 3,
      rejected: { 'window-out-of-range': 4, 'report-malformed': 3 },
    });
    expect((await counted(storage, 'dark-mode')).map(({ window }) => window)).toEqual([DAY - 29, DAY - 1]);
    expect((await counted(storage, 'load-time')).map(({ window }) => window)).toEqual([WEEK]);
  });

  it('counts the first of two reports of a metric and window, whatever group it is in', async () => {
    const { post, storage } = await testApp();
    const [yes, no] = [batchBytes({ nonce: NONCE, reports: [YES] }), batchBytes({ reports: [{ ...YES, bytes: [0] }] })];
    const twice = Buffer.concat([yes, no.subarray(27)]);
    expect((await post(twice)).json()).toMatchObject({ accepted: 1, rejected: { 'second-report': 1 } });
    expect(await counted(storage, 'dark-mode')).toEqual([{ window: DAY - 1, n: 1, counts: [1] }]);
  });

  it('takes batches of the days it remembers, and of a clock one day ahead', async () => {
    const { post } = await testApp();
    const at = (day: number) => batchBytes({ day, reports: [{ ...YES, window: day - 1 }] });
    for (const day of [DAY - 7, DAY, DAY + 1]) expect((await post(at(day))).statusCode).toBe(200);
    for (const [day, code, retry] of [
      [DAY - 8, 'day-out-of-range', false],
      [0, 'day-out-of-range', false],
      [DAY + 2, 'day-ahead', true],
      [65_535, 'day-ahead', true],
    ] as const) {
      expect((await post(at(day))).json()).toMatchObject({ code, retry });
    }
  });

  it('does not count a replay when its own clock is set back behind what it forgot', async () => {
    const { post, clock, storage } = await testApp();
    const replay = batchBytes({ reports: [YES] });
    await post(replay);
    clock.set(DAY + 9);
    await post(batchBytes({ day: DAY + 9, reports: [{ ...YES, window: DAY + 8 }] }));
    clock.set(DAY);
    // Only what was counted knows that it is too old: a device must not lose by it.
    expect((await post(replay)).json()).toMatchObject({ code: 'unavailable' });
    expect((await counted(storage, 'dark-mode')).map(({ n }) => n)).toEqual([1, 1]);
  });

  const good = batchBytes({ nonce: NONCE, reports: [YES] });
  const goodJson = json([YES]);
  const changed = (at: number, byte: number) => good.map((old, i) => (i === at ? byte : old));
  const refused: readonly [string, Uint8Array | object, keyof typeof problems][] = [
    ['an empty body', new Uint8Array(0), 'malformed-batch'],
    ['a header alone', good.subarray(0, 27), 'malformed-batch'],
    ['a group cut short', good.subarray(0, 29), 'malformed-batch'],
    ['a report cut short', good.subarray(0, 30), 'malformed-batch'],
    ['bytes after the last report', Buffer.concat([good, Buffer.of(1)]), 'malformed-batch'],
    ['a bit beyond the last metric', changed(29, 0b10001), 'malformed-batch'],
    ['a group of nothing', changed(29, 0).subarray(0, 30), 'malformed-batch'],
    ['another version', changed(0, 2), 'unsupported-version'],
    ['an unknown registry', changed(19, 0xff), 'unknown-registry'],
    ['a batch too large', new Uint8Array(policy.maxBatchBytes + 1), 'batch-too-large'],
    ['JSON that is no batch', { reports: [] }, 'malformed-batch'],
    ['JSON with a key too many', { ...goodJson, client: 'me' }, 'malformed-batch'],
    ['JSON without groups', { ...goodJson, groups: [] }, 'malformed-batch'],
    ['a JSON nonce with unused bits', { ...goodJson, nonce: 'AAECAwQFBgcICQoLDA0ODx' }, 'malformed-batch'],
    ['a JSON day of 17 bits', { ...goodJson, day: 65_536 + DAY }, 'malformed-batch'],
    [
      'a JSON metric that is none',
      { ...goodJson, groups: [{ window: DAY - 1, reports: { '9': 'AQ' } }] },
      'malformed-batch',
    ],
    [
      'a JSON report of another length',
      { ...goodJson, groups: [{ window: DAY - 1, reports: { '0': 'AQE' } }] },
      'malformed-batch',
    ],
    ['JSON of another version', { ...goodJson, version: 2 }, 'unsupported-version'],
    ['JSON of an unknown registry', { ...goodJson, registry: 'ffffffffffffffff' }, 'unknown-registry'],
  ];
  it.each(refused)('refuses %s', async (_name, body, code) => {
    const { post, storage } = await testApp();
    const response = await post(body);
    expect(response.json()).toMatchObject({ type: 'about:blank', code, ...problems[code] });
    expect(response.statusCode).toBe(problems[code].status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    for (const id of ['dark-mode', 'load-time', 'searches', 'theme'] as const) {
      expect(await counted(storage, id)).toEqual([]);
    }
    expect((await post(good)).json()).toMatchObject({ duplicate: false, accepted: 1 });
  });

  it('refuses what is not JSON without quoting it, and other media types', async () => {
    const { app, post } = await testApp();
    const send = (type: string, payload: string) =>
      app.inject({ method: 'POST', url: '/v1/reports', headers: { 'content-type': type }, payload });
    const response = await send('application/json', '{"secret');
    expect(response.json()).toMatchObject({ code: 'malformed-batch', status: 400 });
    expect(response.body).not.toContain('secret');
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      expect((await send(type, 'x')).json()).toMatchObject({ code: 'unsupported-media-type', status: 415 });
    }
    expect((await app.inject({ method: 'POST', url: '/v1/reports' })).json()).toMatchObject({
      code: 'malformed-batch',
    });
    const long = { ...json([YES]), registry: 'f'.repeat(200_000) };
    expect((await post(long)).json()).toMatchObject({ code: 'batch-too-large', status: 413 });
  });

  it('holds JSON to the size of the bytes it stands for', async () => {
    const { post } = await testApp();
    const window = DAY - 1;
    const groups = Array.from({ length: 4000 }, () => ({ window, reports: { '0': 'AQ' } }));
    const response = await post({ ...json([YES]), groups });
    expect(response.json()).toMatchObject({ code: 'batch-too-large' });
  });

  it('asks for a retry for seven days while a registry is unknown, then refuses for good', async () => {
    const { post, clock, get } = await testApp();
    const bytes = (day: number) => {
      const other = { ...registry, fingerprint: 'ffffffffffffffff' };
      return encodeBatch(other, { day, nonce: NONCE, reports: [wireReport(YES)] });
    };
    expect((await post(bytes(DAY))).json()).toMatchObject({ code: 'unknown-registry', retry: true });
    clock.set(DAY + 6, 86_399_999);
    expect((await post(bytes(DAY + 6))).json()).toMatchObject({ code: 'unknown-registry' });
    clock.set(DAY + 7);
    expect((await post(bytes(DAY + 7))).json()).toMatchObject({ code: 'registry-refused', retry: false });
    expect((await get('/v1/registries')).json().unknown).toEqual([
      { fingerprint: 'ffffffffffffffff', firstSeen: '2026-11-20', batches: 3 },
    ]);
  });

  it('remembers at most 32 unknown registries, and asks the others for a retry', async () => {
    const { post, clock, get } = await testApp();
    const bytes = (i: number, day: number) => {
      const other = { ...registry, fingerprint: i.toString(16).padStart(16, '0') };
      return encodeBatch(other, { day, nonce: NONCE, reports: [wireReport(YES)] });
    };
    for (let i = 0; i < 100; i++) await post(bytes(i, DAY));
    expect((await get('/v1/registries')).json().unknown).toHaveLength(32);
    clock.set(DAY + 8);
    expect((await post(bytes(31, DAY + 8))).json()).toMatchObject({ code: 'registry-refused' });
    expect((await post(bytes(32, DAY + 8))).json()).toMatchObject({ code: 'unknown-registry' });
    // One whose days are over makes room for it.
    const unknown: { fingerprint: string }[] = (await get('/v1/registries')).json().unknown;
    expect(unknown).toHaveLength(32);
    expect(unknown.map(({ fingerprint }) => fingerprint)).toContain('20'.padStart(16, '0'));
  });

  it('does not repeat what a client wrote in the answer to it', async () => {
    const { post } = await testApp();
    const groups = [{ window: DAY - 1, reports: { 'my secret homepage': 7 } }];
    const response = await post({ ...goodJson, groups });
    expect(response.json()).toMatchObject({ code: 'malformed-batch', detail: 'groups.0.reports.*' });
    expect(response.body).not.toContain('secret');
  });

  it('names a batch by the bytes of its nonce', () => {
    expect([...parseHeader(good).nonce]).toEqual([...NONCE]);
  });
});

describe('other requests', () => {
  it('answers what is not there with a problem', async () => {
    const { app, get } = await testApp();
    expect((await get('/nothing')).json()).toMatchObject({ code: 'not-found', status: 404 });
    expect((await app.inject({ method: 'DELETE', url: '/v1/reports' })).json()).toMatchObject({ code: 'not-found' });
    expect((await get('/v1/metrics/%zz/estimate')).json()).toMatchObject({ code: 'request-invalid', status: 400 });
  });

  it('is healthy', async () => {
    const { get } = await testApp();
    expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
  });
});
