import { policy } from '@dither/protocol';
import { memoryStorage, serverPolicy } from '@dither/server';
import { describe, expect, it, vi } from 'vitest';
import { networkKeys, networkOf } from '../src/network-key.js';
import { batchBytes, DAY, testApp, testClock } from './fixture.js';
import { PATIENTLY } from './support/until.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;

describe('networkOf', () => {
  it('keeps an IPv4 address and the first 56 bits of an IPv6 address', () => {
    expect(networkOf('203.0.113.7')).toBe('203.0.113.7');
    expect(networkOf('::ffff:203.0.113.7')).toBe('203.0.113.7');
    const home = networkOf('2001:db8:1:2a00::1');
    expect(networkOf('2001:db8:1:2aff:ffff:ffff:ffff:ffff')).toBe(home);
    expect(networkOf('2001:0db8:0001:2a00:0:0:0:9')).toBe(home);
    expect(networkOf('2001:db8:1:2b00::1')).not.toBe(home);
    expect(networkOf('2001:db8:2:2a00::1')).not.toBe(home);
    expect(networkOf('fe80::1%eth0')).toBe(networkOf('fe80::2'));
    expect(networkOf('::1')).toBe('0:0:0:0');
  });
});

describe('networkOf what a proxy wrote', () => {
  it('leaves out port, brackets and zone', () => {
    for (const text of ['203.0.113.77:4711', '203.0.113.77:80', '::ffff:203.0.113.77', '[::ffff:203.0.113.77]:9']) {
      expect(networkOf(text)).toBe('203.0.113.77');
    }
    const home = networkOf('2001:db8:1:2a00::1');
    for (const text of ['[2001:db8:1:2a00::9]:443', '[2001:db8:1:2a00::9]', '[2001:db8:1:2a00::9%eth0]:1']) {
      expect(networkOf(text)).toBe(home);
    }
  });

  it('takes all that is no address for one network', () => {
    const made = ['unknown', '_hidden', '', '1.2.3', '1.2.3.4:x', '1.2.3.4:5:6', '[1.2.3.4', 'g::1', '[]:1', undefined];
    expect(new Set(made.map(networkOf))).toEqual(new Set(['none']));
  });
});

describe('networkKeys', () => {
  for (const [where, remoteAddress] of [
    ['straight', '203.0.113.7'],
    ['through a proxy', '10.0.0.1'],
  ] as const) {
    it(`names a network the same for an hour, and cannot be recomputed: ${where}`, () => {
      const clock = testClock();
      const [keyOf, elsewhere] = [networkKeys(clock), networkKeys(clock)];
      const connection = { remoteAddress };
      const key = keyOf('203.0.113.7', connection);
      expect(keyOf('203.0.113.7', connection)).toBe(key);
      expect(keyOf('203.0.113.7', { remoteAddress: '203.0.113.7' })).toBe(key);
      expect(keyOf('203.0.113.8', connection)).not.toBe(key);
      expect(elsewhere('203.0.113.7', connection)).not.toBe(key);
      clock.set(DAY, 3_599_999);
      expect(keyOf('203.0.113.7', connection)).toBe(key);
      clock.set(DAY, 3_600_000);
      expect(keyOf('203.0.113.7', connection)).not.toBe(key);
    });
  }
});

describe('the rate limit', () => {
  it('turns away a network that asks too often, and no other', async () => {
    const { app } = await testApp({ rateLimit: 5 });
    const post = (remoteAddress: string) =>
      app.inject({
        method: 'POST',
        url: '/v1/reports',
        remoteAddress,
        headers: { 'content-type': 'application/octet-stream' },
        payload: Buffer.from(batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] })),
      });
    for (let i = 0; i < 5; i++) expect((await post(`2001:db8:0:100::${i}`)).statusCode).toBe(200);
    const refused = await post('2001:db8:0:1ff::9');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.json()).toMatchObject({ code: 'rate-limited', status: 429, retry: true });
    expect(refused.headers['retry-after']).toBe('60');
    expect((await post('2001:db8:0:200::1')).statusCode).toBe(200);
    expect((await app.inject({ url: '/healthz', remoteAddress: '2001:db8:0:1ff::9' })).statusCode).toBe(200);
  });

  it('counts a network once, whatever a proxy writes behind its address', async () => {
    const { app } = await testApp({ rateLimit: 2, trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
    const ask = async (client: string) =>
      (await app.inject({ url: '/openapi.json', headers: { 'x-forwarded-for': client } })).statusCode;
    const three = async (texts: readonly string[]) => {
      const seen: number[] = [];
      for (const text of texts) seen.push(await ask(text));
      return seen;
    };
    const limited = [200, 200, 429];
    expect(await three(['203.0.113.77:1', '203.0.113.77:2', '203.0.113.77'])).toEqual(limited);
    expect(await three(['[2001:db8::1]:1', '[2001:db8::2]:2', '2001:db8::3'])).toEqual(limited);
    expect(await three(['unknown', '_made-up', 'x:1'])).toEqual(limited);
    // A second proxy that is believed writes its port, too.
    expect(await three(['192.0.2.1', '192.0.2.1, 10.0.0.9:5', '192.0.2.1, 10.0.0.8:6'])).toEqual(limited);
    expect(await ask('192.0.2.2, 10.0.0.8:6')).toBe(200);
  });

  it('is said to everyone in the same words, and to nobody how much is left', async () => {
    const { app } = await testApp({ rateLimit: 5 });
    const ask = (remoteAddress: string) => app.inject({ url: '/openapi.json', remoteAddress });
    for (let i = 0; i < 7; i++) {
      const { headers } = await ask('203.0.113.1');
      expect(headers['ratelimit-policy']).toBe('"network";q=5;w=60');
      expect(Object.keys(headers).filter((name) => /ratelimit/.test(name))).toEqual(['ratelimit-policy']);
    }
    expect((await ask('203.0.113.2')).headers['ratelimit-policy']).toBe('"network";q=5;w=60');
  });

  it('turns a flood from one network away before anybody of another is told to wait', async () => {
    // A disk that takes nothing: what is let in, waits.
    let store: (outcomes: 'accepted'[]) => void = () => undefined;
    const stalled = new Promise<'accepted'[]>((resolve) => {
      store = resolve;
    });
    const storage = { ...memoryStorage(), commit: () => stalled };
    const { app } = await testApp({
      storage,
      trustedProxies: ['127.0.0.1'],
      rateLimit: serverPolicy.requestsPerMinute,
    });
    const bulky = Array.from({ length: 3 }, (_, i) => ({ ...YES, window: DAY - 1 - i }));
    const post = (client: string) =>
      app.inject({
        method: 'POST',
        url: '/v1/reports',
        headers: { 'content-type': 'application/octet-stream', 'x-forwarded-for': client },
        payload: Buffer.from(batchBytes({ reports: bulky })),
      });
    const limit = serverPolicy.requestsPerMinute;
    const turnedAway: number[] = [];
    const flood: Promise<void>[] = [];
    for (let i = 0; i < limit + 500; i++) {
      flood.push(
        post('203.0.113.1').then(({ statusCode }) => {
          if (statusCode !== 200) turnedAway.push(statusCode);
        }),
      );
      // Requests that arrive in one turn of the loop are all counted before the first of them is judged.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(turnedAway).toHaveLength(500), PATIENTLY);
    expect(new Set(turnedAway)).toEqual(new Set([429]));
    const others = Array.from({ length: 50 }, (_, i) => post(`198.51.100.${i}`));
    store(Array.from({ length: serverPolicy.groupBatches }, () => 'accepted' as const));
    await Promise.all(flood);
    expect(turnedAway).toHaveLength(500);
    expect(new Set((await Promise.all(others)).map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  });

  it('lets a network hold no more of what may wait than a small part', () => {
    expect(serverPolicy.requestsPerMinute * policy.maxBatchBytes).toBeLessThan(serverPolicy.pendingBytes / 3);
  });

  it('believes X-Forwarded-For only from a proxy it was told of', async () => {
    const ask = async (trustedProxies: readonly string[]) => {
      const { app } = await testApp({ rateLimit: 1, trustedProxies });
      const from = (client: string) => app.inject({ url: '/openapi.json', headers: { 'x-forwarded-for': client } });
      return [(await from('203.0.113.1')).statusCode, (await from('203.0.113.2')).statusCode];
    };
    expect(await ask([])).toEqual([200, 429]);
    expect(await ask(['127.0.0.1'])).toEqual([200, 200]);
  });
});
