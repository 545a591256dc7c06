import { parseHeader } from '@dither/protocol';
import { createClient, webPlatform } from '@dither/sdk';
import { asyncStorage } from '@dither/sdk/async-storage';
import { inspect } from '@dither/sdk/inspect';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DAY, HOUR, MINUTE, MORNING, waitingIn } from '../support/installation.js';
import { crashOnly } from '../support/registry.js';
import { keyValueStore } from './key-value-store.js';

const APP = 'org.example.app';

describe('storage over a key-value store', () => {
  it('writes in the order given, each only once the one before is there', async () => {
    const { store, calls } = keyValueStore();
    await asyncStorage(store, APP).write([
      ['ledger', 'a'],
      ['open', undefined],
      ['queue', 'c'],
    ]);
    expect(calls).toEqual(
      ['set ledger', 'ledger is there', 'remove open', 'open is there', 'set queue', 'queue is there'].map((call) =>
        call.replace(/ledger|open|queue/, (key) => `dither:${APP}:${key}`),
      ),
    );
  });

  it('writes nothing after what cannot be written', async () => {
    const { store, texts } = keyValueStore((key) => key.endsWith('open'));
    const written = asyncStorage(store, APP).write([
      ['ledger', 'a'],
      ['open', 'b'],
      ['queue', 'c'],
    ]);
    await expect(written).rejects.toThrow('the disk is full');
    expect([...texts.keys()]).toEqual([`dither:${APP}:ledger`]);
  });

  it('leaves to each app its own, and everything else alone', async () => {
    const { store, texts } = keyValueStore();
    texts.set('ledger', "the app's");
    await asyncStorage(store, APP).write([['ledger', 'a']]);
    await asyncStorage(store, `${APP}.pro`).write([['ledger', 'b']]);
    expect(await asyncStorage(store, APP).read(['ledger'])).toEqual({ ledger: 'a' });
    await asyncStorage(store, APP).write([['ledger', undefined]]);
    expect(Object.fromEntries(texts)).toEqual({ ledger: "the app's", [`dither:${APP}.pro:ledger`]: 'b' });
  });

  it('is locked for all who have it in one process, as when an app is loaded anew while it is developed', async () => {
    const { store } = keyValueStore();
    let inside = 0;
    const enter = async (): Promise<number> => {
      inside++;
      await store.getItem('anything');
      return inside--;
    };
    const both = [asyncStorage(store, APP), asyncStorage(store, APP)].map((storage) => storage.lock('state', enter));
    expect(await Promise.all(both)).toEqual([1, 1]);
  });
});

describe('an app in a runtime without document, IndexedDB and locks', () => {
  /** The network is as slow as the storage: both are there before the next minute. */
  async function pass(time: number): Promise<void> {
    for (let gone = 0; gone < time; gone += MINUTE) {
      await vi.advanceTimersByTimeAsync(MINUTE);
      for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const requests: { readonly url: string; readonly init: RequestInit }[] = [];

  beforeEach(() => {
    requests.length = 0;
    vi.useFakeTimers({ now: MORNING, toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] });
    for (const name of ['document', 'indexedDB', 'navigator', 'localStorage', 'addEventListener']) {
      vi.stubGlobal(name, undefined);
    }
    // Without timeouts of its own.
    vi.stubGlobal('AbortSignal', class {});
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      requests.push({ url, init });
      if (init.method !== 'POST') return new Response('{"code":"no-switch-off"}', { status: 404 });
      const { nonce } = parseHeader(init.body as Uint8Array);
      return Response.json({ batch: Buffer.from(nonce).toString('base64url') });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('records, closes and sends, and is the same installation after a restart', async () => {
    const { store, texts } = keyValueStore();
    const start = () => {
      const platform = webPlatform(crashOnly.app, { storage: asyncStorage(store, crashOnly.app) });
      return createClient({ registry: crashOnly, endpoint: 'https://telemetry.example.org', platform });
    };
    const first = start();
    await first.ready;
    expect(first.consent.status).toBe('unknown');
    expect(texts.size).toBe(0);
    await first.consent.grant();
    first.record('crash');
    first.flushNow();
    await pass(MINUTE);
    expect((await inspect(first)).open).toMatchObject([{ metric: 'crash', value: 'yes' }]);
    await first.stop();

    const second = start();
    await second.ready;
    expect(second.consent.status).toBe('granted');
    expect((await inspect(second)).open).toMatchObject([{ metric: 'crash', value: 'yes' }]);
    await pass(DAY + 6 * HOUR);
    const sent = requests.filter(({ init }) => init.method === 'POST');
    expect(sent.map(({ url }) => url)).toEqual(['https://telemetry.example.org/v1/reports']);
    const { messages, drops } = await inspect(second);
    expect(messages).toMatchObject([{ state: 'delivered', tries: 1, reports: [{ metric: 'crash' }] }]);
    expect(messages[0]?.bytes).toEqual(sent[0]?.init.body);
    expect(drops).toEqual({});
    expect([...texts.keys()].every((key) => key.startsWith(`dither:${crashOnly.app}:`))).toBe(true);
    await second.consent.withdraw();
    expect([...texts.keys()].map((key) => key.split(':')[2]).sort()).toEqual(['consent', 'ledger']);
    await second.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps what it cannot send, and sends the same bytes later', async () => {
    const { store, texts } = keyValueStore();
    const online = globalThis.fetch;
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Network request failed')));
    const storage = asyncStorage(store, 'org.example.crash');
    const client = createClient({
      registry: crashOnly,
      endpoint: 'https://telemetry.example.org',
      platform: { ...webPlatform(crashOnly.app, { storage }), closings: new Map() },
    });
    await client.consent.grant();
    await pass(DAY);
    const kept = new Map([...texts].map(([key, text]) => [key.split(':')[2] ?? '', text]));
    const [waiting] = waitingIn(kept);
    expect(waiting?.body).toMatch(/^[\w-]+$/);
    await client.stop();
    vi.stubGlobal('fetch', online);
    const again = createClient({
      registry: crashOnly,
      endpoint: 'https://telemetry.example.org',
      platform: webPlatform(crashOnly.app, { storage }),
    });
    await again.ready;
    await pass(10 * HOUR);
    const bodies = requests.filter(({ init }) => init.method === 'POST').map(({ init }) => init.body as Uint8Array);
    expect(bodies.map((body) => Buffer.from(body).toString('base64url'))).toContain(waiting?.body);
    await again.stop();
  });

  it.each(['crypto', 'fetch', 'performance'])('records and writes nothing without %s', async (name) => {
    vi.stubGlobal(name, undefined);
    const { store, calls } = keyValueStore();
    const platform = webPlatform(crashOnly.app, { storage: asyncStorage(store, crashOnly.app) });
    const client = createClient({ registry: crashOnly, endpoint: 'https://telemetry.example.org', platform });
    await client.ready;
    await client.consent.grant();
    client.record('crash');
    await client.flush();
    await pass(2 * DAY);
    expect((await inspect(client)).drops['storage-failed']).toBeGreaterThanOrEqual(1);
    expect(client.consent.status).toBe('unknown');
    expect(vi.getTimerCount()).toBe(0);
    expect(calls).toEqual([]);
    expect(requests).toEqual([]);
  });
});
