import { memoryStorage, StorageError } from '@dither/server';
import { describe, expect, it, vi } from 'vitest';
import { batchBytes, DAY, registry, testApp } from './fixture.js';
import { PATIENTLY } from './support/until.js';

type Get = Awaited<ReturnType<typeof testApp>>['get'];

/** Values by name and labels, as they are written. */
async function values(get: Get): Promise<ReadonlyMap<string, number>> {
  const { body } = await get('/metrics');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

const YES = { id: 'dark-mode', bytes: [1] } as const;

describe('GET /metrics', () => {
  it('counts what batches were answered, and what became of their reports', async () => {
    const { post, get } = await testApp({ rateLimit: 7 });
    const batch = batchBytes({ reports: [YES, { ...YES, window: DAY }, { id: 'theme', bytes: [3] }] });
    await post(batch);
    await post(batch);
    await post(new Uint8Array(0));
    await post(new Uint8Array(20_000));
    await post(batchBytes({ day: DAY + 2, reports: [YES] }));
    await post(batchBytes({ reports: [YES] }), { 'content-type': 'text/plain' });
    // The seventh request, for a look, is the last one.
    const seen = await values(get);
    const batches = (outcome: string) => seen.get(`dither_batches_total{outcome="${outcome}"}`);
    const reports = (outcome: string) => seen.get(`dither_reports_total{outcome="${outcome}"}`);
    expect(['accepted', 'duplicate', 'malformed-batch', 'batch-too-large', 'day-ahead'].map(batches)).toEqual([
      1, 1, 1, 1, 1,
    ]);
    expect(batches('unsupported-media-type')).toBe(1);
    expect(batches('gpc-refused')).toBe(0);
    expect(['accepted', 'window-out-of-range', 'report-malformed', 'second-report'].map(reports)).toEqual([1, 1, 1, 0]);
    expect(seen.get('dither_commit_seconds_count')).toBe(2);
    expect(seen.get('dither_commit_batches_sum')).toBe(2);
    expect(seen.get('dither_nonces')).toBe(1);
    expect(seen.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
  });

  it('counts what the rate limit turned away', async () => {
    const { app, get } = await testApp({ rateLimit: 2 });
    const post = (remoteAddress: string) =>
      app.inject({
        method: 'POST',
        url: '/v1/reports',
        remoteAddress,
        headers: { 'content-type': 'text/plain' },
        payload: 'x',
      });
    for (let i = 0; i < 5; i++) await post('203.0.113.1');
    expect((await values(get)).get('dither_batches_total{outcome="rate-limited"}')).toBe(3);
  });

  it('shows what waits, and lets go of it whatever comes of it', async () => {
    let fail: (error: Error) => void = () => undefined;
    const stalled = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    const { post, get } = await testApp({ storage: { ...memoryStorage(), commit: () => stalled } });
    const batch = batchBytes({ reports: [YES] });
    const answer = post(batch);
    const pending = async () => (await values(get)).get('dither_pending_bytes');
    await vi.waitFor(async () => expect(await pending()).toBeGreaterThan(batch.length), PATIENTLY);
    fail(new StorageError('not-stored', 'the disk is full'));
    expect((await answer).statusCode).toBe(503);
    expect(await pending()).toBe(0);
    expect((await values(get)).get('dither_batches_total{outcome="unavailable"}')).toBe(1);
  });

  it('has no label that a client or an app could set', async () => {
    const { app, post, get } = await testApp();
    await post(batchBytes({ reports: [YES] }), { 'user-agent': 'agent-of-mine', origin: 'https://mine.example' });
    await app.inject({ url: '/nothing/of-mine?me=mine', headers: { 'user-agent': 'agent-of-mine' } });
    await post({ mine: 'mine' });
    const { body } = await get('/metrics');
    for (const mark of ['mine', registry.app, registry.fingerprint, 'dark-mode', '127.0.0.1', '/v1/']) {
      expect(body).not.toContain(mark);
    }
    const labels = new Set([...body.matchAll(/([a-z_]+)="/g)].map(([, label]) => label));
    expect(labels).toEqual(new Set(['outcome', 'le']));
  });

  it('is written anew for each server', async () => {
    const [first, second] = [await testApp(), await testApp()];
    await first.post(batchBytes({ reports: [YES] }));
    expect((await values(first.get)).get('dither_batches_total{outcome="accepted"}')).toBe(1);
    expect((await values(second.get)).get('dither_batches_total{outcome="accepted"}')).toBe(0);
  });
});
