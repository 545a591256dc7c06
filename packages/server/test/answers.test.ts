import { policy } from '@dither/protocol';
import { memoryStorage, StorageError } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { batchBytes, DAY, testApp } from './fixture.js';

/** Waits that a device tells apart, in seconds (docs/protocol.md, section 9). */
const WAITS = ['60', '600', '3600', '21600'];

const full = () => ({
  ...memoryStorage(),
  commit: async () => {
    throw new StorageError('not-stored', 'the disk is full');
  },
});

const good = batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] });
const old = batchBytes({ day: DAY - 8, reports: [{ id: 'dark-mode', bytes: [1], window: DAY - 9 }] });
const unknown = good.map((byte, i) => (i === 19 ? byte ^ 0xff : byte));

describe('an answer to a batch', () => {
  const answers: readonly [number, Uint8Array, Parameters<typeof testApp>[0]][] = [
    [200, good, {}],
    [200, good, { rateLimit: 10 }],
    [400, new Uint8Array(0), { rateLimit: 10 }],
    [413, new Uint8Array(policy.maxBatchBytes + 1), {}],
    [422, old, {}],
    [422, unknown, {}],
    [429, good, { rateLimit: 0 }],
    [503, good, { storage: full() }],
  ];
  it.each(answers)('of status %d has no header that could mark a client', async (status, body, options) => {
    const { post } = await testApp(options);
    const answer = await post(body, { cookie: 'id=1', 'user-agent': 'someone', 'if-none-match': '"1"' });
    expect(answer.statusCode).toBe(status);
    const mayWait = status === 429 || status === 503;
    const usual = [
      ...(status === 200 ? [] : ['cache-control']),
      'connection',
      'content-length',
      'content-type',
      'date',
      'x-content-type-options',
    ];
    const isLimited = typeof options?.rateLimit === 'number';
    expect(Object.keys(answer.headers).sort()).toEqual(
      [...usual, ...(isLimited ? ['ratelimit-policy'] : []), ...(mayWait ? ['retry-after'] : [])].sort(),
    );
    if (mayWait) expect(WAITS).toContain(answer.headers['retry-after']);
  });

  it('has no more in its body than is documented', async () => {
    const { post } = await testApp();
    const keys = async (body: Uint8Array) => Object.keys((await post(body)).json()).sort();
    expect(await keys(good)).toEqual(['accepted', 'batch', 'duplicate', 'rejected']);
    expect(await keys(good)).toEqual(['batch', 'duplicate']);
    expect(await keys(old)).toEqual(['code', 'retry', 'status', 'title', 'type']);
  });

  it('is the same for every network, up to the one that asks too often', async () => {
    const { app } = await testApp({ rateLimit: 3 });
    const ask = (remoteAddress: string) =>
      app.inject({
        method: 'POST',
        url: '/v1/reports',
        remoteAddress,
        headers: { 'content-type': 'application/octet-stream' },
        payload: Buffer.from(old),
      });
    const seen = [];
    for (const address of ['203.0.113.1', '203.0.113.1', '203.0.113.2', '203.0.113.1']) {
      const { statusCode, body, headers } = await ask(address);
      const { date: _date, ...others } = headers;
      seen.push(JSON.stringify([statusCode, body, others]));
    }
    expect(new Set(seen).size).toBe(1);
  });
});
