import { client as rr } from '@dither/mechanisms/rr';
import { boolean, defineRegistry } from '@dither/protocol';
import { memoryStorage, openAccess } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { about, batchBytes, budget, registry, testApp, testClock } from './fixture.js';

const MINE = registry.app;
/** Another app, with a metric of a name that the first one has, and one of its own. */
const other = defineRegistry({
  app: 'org.example.other',
  expectedClients: 1000,
  budget,
  metrics: {
    'dark-mode': boolean({ ...about, period: 1, mechanism: rr }),
    secret: boolean({ ...about, description: 'Of the other app.', period: 1, mechanism: rr }),
  },
});

/** Everything that reads or changes, and nothing that devices or probes ask. */
const reads = [
  ['GET', '/v1/metrics'],
  ['GET', '/v1/metrics/theme/estimate'],
  ['GET', '/v1/registries'],
  ['GET', '/v1/candidates'],
  ['GET', '/v1/candidates/hosts'],
  ['GET', '/metrics'],
] as const;
const changes = [
  ['PUT', '/v1/candidates/hosts'],
  ['DELETE', '/v1/candidates/hosts'],
] as const;
const open = ['/healthz', '/readyz', '/openapi.json', '/', '/v1/switch-off/org.example.app'];

async function server(options: Parameters<typeof testApp>[0] = {}) {
  const [storage, clock] = [memoryStorage(), testClock()];
  const access = await openAccess(storage, clock);
  const built = await testApp({ storage, clock, access, registries: [registry, other], ...options });
  const ask = (method: 'GET' | 'PUT' | 'DELETE', url: string, headers = {}, remoteAddress = '127.0.0.1') =>
    built.app.inject({
      method,
      url,
      remoteAddress,
      headers: { ...(method === 'PUT' ? { 'content-type': 'text/plain' } : {}), ...headers },
      ...(method === 'PUT' ? { payload: 'a.example\n' } : {}),
    });
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
  return { ...built, clock, access, ask, bearer };
}

describe('before there is a token', () => {
  it('this machine reads and changes', async () => {
    const { ask } = await server();
    for (const [method, url] of [...changes.slice(0, 1), ...reads])
      expect((await ask(method, url)).statusCode).toBe(200);
    for (const host of ['localhost', 'localhost:8787', '127.0.0.1:8787', '[::1]:8787', 'LOCALHOST']) {
      expect((await ask('GET', '/v1/metrics', { host })).statusCode).toBe(200);
    }
    for (const address of ['::1', '127.8.9.10', '::ffff:127.0.0.1']) {
      expect((await ask('GET', '/v1/metrics', {}, address)).statusCode).toBe(200);
    }
  });

  const elsewhere: readonly [string, { readonly [name: string]: string }, string?][] = [
    ['another address', {}, '203.0.113.7'],
    ['another IPv6 address', {}, '2001:db8::1'],
    ['an address that begins like one of here', {}, '127.0.0.1.example'],
    ['a proxy that says for whom', { 'x-forwarded-for': '203.0.113.7' }],
    ['a client that says it is of here', { 'x-forwarded-for': '127.0.0.1' }],
    ['a proxy that says its host', { 'x-forwarded-host': 'stats.example' }],
    ['a proxy of the standard', { forwarded: 'for=127.0.0.1' }],
    ['a proxy that says it is one', { via: '1.1 proxy' }],
    ['a proxy by another header', { 'x-real-ip': '203.0.113.7' }],
    ['a page whose name leads here', { host: 'evil.example' }],
    ['a page whose name leads here, and looks like this machine', { host: 'localhost.evil.example:8787' }],
  ];
  it.each(elsewhere)('%s reads nothing', async (_who, headers, address) => {
    const { ask } = await server();
    for (const [method, url] of [...reads, ...changes]) {
      const answer = await ask(method, url, headers, address);
      expect([url, answer.statusCode, answer.json().code]).toEqual([url, 403, 'token-required']);
    }
    for (const url of open.slice(0, 4)) expect((await ask('GET', url, headers, address)).statusCode).toBe(200);
  });

  it('a client of here that comes through a proxy that is believed is one of here, and no other is', async () => {
    const { ask } = await server({ trustedProxies: ['127.0.0.1'] });
    const through = (client: string, more = {}) => ask('GET', '/v1/metrics', { 'x-forwarded-for': client, ...more });
    expect((await through('127.0.0.1')).statusCode).toBe(200);
    expect((await through('203.0.113.7')).statusCode).toBe(403);
    // What a client wrote itself stands before what the proxy adds.
    expect((await through('127.0.0.1, 203.0.113.7')).statusCode).toBe(403);
    expect((await through('127.0.0.1', { host: 'stats.example' })).statusCode).toBe(403);
    expect((await ask('GET', '/v1/metrics', { forwarded: 'for=203.0.113.7' })).statusCode).toBe(403);
  });

  it('a proxy that is not believed makes nobody one of here', async () => {
    const { ask } = await server({ trustedProxies: ['10.0.0.1'] });
    expect((await ask('GET', '/v1/metrics', { 'x-forwarded-for': '127.0.0.1' })).statusCode).toBe(403);
  });
});

describe('once there is a token', () => {
  it('every read needs one, from this machine too', async () => {
    const { access, ask, bearer } = await server();
    const { secret } = await access.createToken({ name: 'all', scopes: ['read', 'candidates'] });
    for (const [method, url] of [...changes.slice(0, 1), ...reads, ...changes.slice(1)]) {
      const none = await ask(method, url);
      expect([url, none.statusCode, none.json().code]).toEqual([url, 401, 'token-required']);
      expect(none.headers['www-authenticate']).toBe('Bearer');
      for (const forged of [`dtr_${'A'.repeat(43)}`, 'x', secret.slice(0, -2)]) {
        const answer = await ask(method, url, bearer(forged));
        expect([url, answer.statusCode, answer.json().code]).toEqual([url, 401, 'token-refused']);
      }
      expect((await ask(method, url, bearer(secret), '203.0.113.7')).statusCode).toBeLessThan(300);
    }
    for (const authorization of [secret, `Basic ${secret}`, `Bearer  ${secret}`, `Bearer ${secret},`, 'Bearer']) {
      expect((await ask('GET', '/v1/metrics', { authorization })).json().code).toBe('token-refused');
    }
    for (const url of open.slice(0, 4)) expect((await ask('GET', url)).statusCode).toBe(200);
  });

  it('devices need none', async () => {
    const { access, post, get } = await server();
    await access.createToken({ name: 'all', scopes: ['read'] });
    expect((await post(batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] }))).statusCode).toBe(200);
    expect((await get('/v1/switch-off/org.example.app')).json().code).toBe('no-switch-off');
  });

  it('a revoked one opens nothing more, and this machine is not let in again by one that is over', async () => {
    const { access, ask, bearer, clock } = await server();
    const [first, second] = [
      await access.createToken({ name: 'a', scopes: ['read'] }),
      await access.createToken({ name: 'b', scopes: ['read'], expires: '2026-11-20' }),
    ];
    const code = async (headers = {}) => (await ask('GET', '/v1/metrics', headers)).json().code;
    expect(await code(bearer(first.secret))).toBeUndefined();
    await access.revokeToken(first.token.id);
    expect(await code(bearer(first.secret))).toBe('token-refused');
    clock.set(30_000);
    expect(await code(bearer(second.secret))).toBe('token-refused');
    expect(await code()).toBe('token-required');
  });

  it('that was revoked, this machine reads nothing either', async () => {
    const { access, ask, bearer } = await server();
    const { token, secret } = await access.createToken({ name: 'a', scopes: ['read'] });
    await access.revokeToken(token.id);
    for (const [method, url] of [...reads, ...changes]) {
      const answer = await ask(method, url);
      expect([url, answer.statusCode, answer.json().code]).toEqual([url, 401, 'token-required']);
      expect((await ask(method, url, bearer(secret))).json().code).toBe('token-refused');
    }
  });

  it('one that reads does not change, and one that changes does not read', async () => {
    const { access, ask, bearer } = await server();
    const reading = bearer((await access.createToken({ name: 'r', scopes: ['read'] })).secret);
    const changing = bearer((await access.createToken({ name: 'c', scopes: ['candidates'] })).secret);
    for (const [method, url] of changes) expect((await ask(method, url, reading)).json().code).toBe('token-forbidden');
    for (const [method, url] of reads) expect((await ask(method, url, changing)).json().code).toBe('token-forbidden');
  });

  it('one of an app sees nothing of another', async () => {
    const { access, ask, bearer, post } = await server();
    const limited = bearer((await access.createToken({ name: 'm', scopes: ['read'], apps: [MINE] })).secret);
    const read = (url: string) => ask('GET', url, limited);
    await post(
      batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] }).map((byte, i) => (i === 19 ? byte ^ 255 : byte)),
    );

    const metrics: { app: string }[] = (await read('/v1/metrics')).json().metrics;
    expect(metrics).toHaveLength(4);
    expect(new Set(metrics.map(({ app }) => app))).toEqual(new Set([MINE]));
    const { registries, unknown } = (await read('/v1/registries')).json();
    expect([registries.map(({ app }: { app: string }) => app), unknown]).toEqual([[MINE], []]);
    // Both apps have it: without the limit it would be ambiguous, and that would tell.
    expect((await read('/v1/metrics/dark-mode/estimate')).json().app).toBe(MINE);
    expect((await read('/v1/metrics/secret/estimate')).json().code).toBe('unknown-metric');
    const fingerprint = other.metrics.secret.fingerprint;
    expect((await read(`/v1/metrics/secret/estimate?fingerprint=${fingerprint}`)).json().code).toBe('unknown-metric');
    expect((await read('/v1/metrics/secret/estimate?app=org.example.other')).json().code).toBe('token-forbidden');
    expect((await read('/v1/metrics/dark-mode/estimate?app=org.example.other')).json().code).toBe('token-forbidden');
    expect((await read('/metrics')).json().code).toBe('token-forbidden');
    expect((await read('/v1/candidates')).statusCode).toBe(200);
  });

  it('the head of an answer is as guarded as the answer', async () => {
    const { access, app } = await server();
    await access.createToken({ name: 'a', scopes: ['read'] });
    for (const [, url] of reads) expect((await app.inject({ method: 'HEAD', url })).statusCode).toBe(401);
  });
});
