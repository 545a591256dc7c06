import { policy } from '@dither/protocol';
import { memoryStorage, StorageError, startServer } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { batchBytes, DAY, registry, testApp } from './fixture.js';

const PAGE = 'https://app.example';
const OTHER = 'https://other.example';
const batch = () => batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] });

type App = Awaited<ReturnType<typeof testApp>>['app'];

function preflight(app: App, origin: string, url = '/v1/reports', method = 'POST') {
  const headers = { origin, 'access-control-request-method': method, 'access-control-request-headers': 'content-type' };
  return app.inject({ method: 'OPTIONS', url, headers });
}

/** The headers by which a browser decides. */
function corsOf(answer: { readonly headers: { readonly [name: string]: unknown } }) {
  return Object.fromEntries(Object.entries(answer.headers).filter(([name]) => /^(access-control-|vary$)/.test(name)));
}

const READABLE = {
  'access-control-allow-origin': PAGE,
  'access-control-expose-headers': 'retry-after',
  vary: 'Origin',
};

describe('a page of another origin', () => {
  it('may post reports, and is told so for a day', async () => {
    const { app, post } = await testApp({ allowedOrigins: [OTHER, PAGE] });
    const asked = await preflight(app, PAGE);
    expect([asked.statusCode, asked.body]).toEqual([204, '']);
    expect(corsOf(asked)).toEqual({
      ...READABLE,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, dither-key',
      'access-control-max-age': '86400',
    });
    const posted = await post(batch(), { origin: PAGE });
    expect(posted.statusCode).toBe(200);
    expect(corsOf(posted)).toEqual(READABLE);
  });

  it('of any origin may, where all are allowed', async () => {
    const { app, post } = await testApp({ allowedOrigins: ['*'] });
    for (const answer of [await preflight(app, PAGE), await post(batch(), { origin: PAGE }), await post(batch())]) {
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(Object.keys(answer.headers)).not.toContain('vary');
      expect(Object.keys(answer.headers)).not.toContain('access-control-allow-credentials');
    }
  });

  it('is not let in by an origin that is like an allowed one', async () => {
    const { app, post } = await testApp({ allowedOrigins: [PAGE] });
    for (const origin of [OTHER, `${PAGE}.evil.example`, 'http://app.example', `${PAGE}:8443`, 'null']) {
      for (const answer of [await preflight(app, origin), await post(batch(), { origin })]) {
        expect(Object.keys(answer.headers)).not.toContain('access-control-allow-origin');
      }
    }
  });

  it('may do nothing but post reports', async () => {
    const { app } = await testApp({ allowedOrigins: ['*'] });
    for (const [url, method] of [
      ['/v1/metrics', 'GET'],
      ['/v1/metrics/theme/estimate', 'GET'],
      ['/v1/registries', 'GET'],
      ['/v1/candidates/hosts', 'PUT'],
      ['/v1/switch-off/org.example.app', 'PUT'],
      ['/healthz', 'GET'],
    ] as const) {
      const asked = await preflight(app, PAGE, url, method);
      expect([url, asked.statusCode, corsOf(asked)]).toEqual([url, 404, {}]);
    }
    const metrics = await app.inject({ url: '/v1/metrics', headers: { origin: PAGE } });
    expect([metrics.statusCode, corsOf(metrics)]).toEqual([200, {}]);
  });

  it('may do nothing at all unless the operator says so', async () => {
    const { app, post } = await testApp();
    expect(await preflight(app, PAGE).then((asked) => [asked.statusCode, corsOf(asked)])).toEqual([404, {}]);
    expect(corsOf(await post(batch(), { origin: PAGE }))).toEqual({});
    expect(corsOf(await post(new Uint8Array(0), { origin: PAGE }))).toEqual({});
  });
});

describe('a refusal', () => {
  const full = () => ({
    ...memoryStorage(),
    commit: async () => {
      throw new StorageError('not-stored', 'the disk is full');
    },
  });
  const broken = () => ({
    ...memoryStorage(),
    commit: async () => {
      throw new Error('a fault of our own');
    },
  });
  const old = batchBytes({ day: DAY - 8, reports: [{ id: 'dark-mode', bytes: [1], window: DAY - 9 }] });
  const onFatal = () => undefined;
  const refusals: readonly [string, Parameters<typeof testApp>[0], Uint8Array, { readonly [name: string]: string }][] =
    [
      ['malformed-batch', {}, new Uint8Array(0), {}],
      ['malformed-batch', {}, Buffer.from('{'), { 'content-type': 'application/json' }],
      ['batch-too-large', {}, new Uint8Array(policy.maxBatchBytes + 1), {}],
      ['unsupported-media-type', {}, batch(), { 'content-type': 'text/plain' }],
      ['day-out-of-range', {}, old, {}],
      ['unavailable', { storage: full() }, batch(), {}],
      ['unavailable', { storage: broken(), onFatal }, batch(), {}],
    ];
  it.each(refusals)('can be read by the page: %s', async (code, options, body, headers) => {
    const { post } = await testApp({ allowedOrigins: [PAGE], ...options });
    const answer = await post(body, { origin: PAGE, ...headers });
    expect(answer.json().code).toBe(code);
    expect(corsOf(answer)).toEqual(READABLE);
  });

  it('of the rate limit can be read, with the time to wait, and never meets a preflight', async () => {
    const { app, post } = await testApp({ allowedOrigins: [PAGE], rateLimit: 2 });
    for (let i = 0; i < 5; i++) expect((await preflight(app, PAGE)).statusCode).toBe(204);
    for (let i = 0; i < 2; i++) expect((await post(batch(), { origin: PAGE })).statusCode).toBe(200);
    const refused = await post(batch(), { origin: PAGE });
    expect(refused.json()).toMatchObject({ code: 'rate-limited', status: 429 });
    expect(refused.headers['retry-after']).toBe('60');
    expect(corsOf(refused)).toEqual(READABLE);
    expect((await preflight(app, PAGE)).statusCode).toBe(204);
  });

  it('can be read over a real connection, too', async () => {
    const server = await startServer({
      registries: [registry],
      storage: memoryStorage(),
      allowedOrigins: ['*'],
      rateLimit: 1,
    });
    onTestFinished(() => server.close());
    const post = (body: string) =>
      fetch(`${server.url}/v1/reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body,
      });
    const answers = [await post('x'.repeat(policy.maxBatchBytes + 1)), await post('x')];
    expect(answers.map(({ status }) => status)).toEqual([413, 429]);
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});
