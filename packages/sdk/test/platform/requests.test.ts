import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { switchOffPath } from '@dither/protocol';
import { type Platform, webPlatform } from '@dither/sdk';
import { asyncStorage } from '@dither/sdk/async-storage';
import { nodePlatform } from '@dither/sdk/node';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../support/children.js';
import { keyValueStore } from './key-value-store.js';

/** What a server on this machine sees of each request; it asks for a cookie, and to be asked again with a validator. */
async function nosyServer() {
  const seen: Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>[] = [];
  const server = createServer((request, response) => {
    const { method, url, rawHeaders } = request;
    seen.push({ method, url, rawHeaders });
    request.resume();
    const marks = { 'set-cookie': 'id=7; Max-Age=99999', etag: '"7"', 'cache-control': 'max-age=0, must-revalidate' };
    response.writeHead(200, { ...marks, 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** Sends two batches and asks for the document twice. */
async function useTwice({ send, get }: Platform, endpoint: string): Promise<void> {
  for (const byte of [1, 2]) {
    await send(`${endpoint}/v1/reports`, new Uint8Array(40).fill(byte));
    await get?.(`${endpoint}${switchOffPath('org.example.app')}`);
  }
}

const platforms: readonly (readonly [name: string, make: () => Promise<Platform>])[] = [
  ['Node', async () => nodePlatform({ directory: await temporaryFolder() })],
  [
    'a runtime with fetch',
    async () => webPlatform('org.example.app', { storage: asyncStorage(keyValueStore().store, 'org.example.app') }),
  ],
];

describe.each(platforms)('a request from %s', (_name, make) => {
  it('carries nothing but the batch: whoever sends it, and however often', async () => {
    const { endpoint, seen } = await nosyServer();
    await useTwice(await make(), endpoint);
    await useTwice(await make(), endpoint);
    expect(seen).toHaveLength(8);
    const [post, get] = seen;
    expect(post).toMatchObject({ method: 'POST', url: '/v1/reports' });
    expect(get).toMatchObject({ method: 'GET', url: '/v1/switch-off/org.example.app' });
    for (const [i, request] of seen.entries()) expect(request).toEqual(i % 2 === 0 ? post : get);
    const names = seen.flatMap(({ rawHeaders }) => rawHeaders.filter((_, i) => i % 2 === 0));
    for (const name of ['cookie', 'authorization', 'if-none-match', 'if-modified-since', 'referer', 'origin']) {
      expect(names.map((own) => own.toLowerCase())).not.toContain(name);
    }
  });
});

describe.each(platforms)('a batch from %s', (_name, make) => {
  it("carries the app's write key, if there is one; the switch-off question never does", async () => {
    const { endpoint, seen } = await nosyServer();
    const { send, get } = await make();
    await send(`${endpoint}/v1/reports`, new Uint8Array(40), 'dwk_AAECAwQFBgcICQoLDA0ODw');
    await get?.(`${endpoint}${switchOffPath('org.example.app')}`);
    const keys = seen.map(({ rawHeaders }) => rawHeaders[rawHeaders.indexOf('dither-key') + 1]);
    expect(keys[0]).toBe('dwk_AAECAwQFBgcICQoLDA0ODw');
    expect(seen[1]?.rawHeaders).not.toContain('dither-key');
  });
});

describe('a request from a page', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('has no credentials, no referrer and no validator, follows no redirect, and outlives the page', async () => {
    const inits: RequestInit[] = [];
    vi.stubGlobal('indexedDB', {});
    vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
      inits.push(init);
      return new Response('{}');
    });
    await useTwice(webPlatform('org.example.page'), 'https://telemetry.example.org');
    const [post, get] = inits.map(({ signal, ...init }) => init);
    const common = { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', redirect: 'error' };
    expect(get).toEqual(common);
    expect(post).toEqual({
      ...common,
      method: 'POST',
      keepalive: true,
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(40).fill(1),
    });
    expect(inits.every(({ signal }) => signal instanceof AbortSignal)).toBe(true);
  });
});
