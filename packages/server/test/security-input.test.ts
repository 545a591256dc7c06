import { batchToJson, MAX_BATCH_BYTES } from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import { serverPolicy } from '../src/policy.js';
import { batchBytes, counted, DAY, registry, testApp, wireReport } from './fixture.js';

const good = batchToJson({
  day: DAY,
  nonce: new Uint8Array(16),
  registry: registry.fingerprint,
  reports: [wireReport({ id: 'dark-mode', bytes: [1] })],
});

describe('a name in a path', () => {
  const names = [
    '..%2f..%2fetc%2fpasswd',
    '..%5c..%5cwindows',
    '%2e%2e%2f',
    '%00',
    'a%00b',
    '__proto__',
    'UPPER',
    '.hidden',
    'a'.repeat(65),
    'a%0d%0aset-cookie:%20x=1',
    '%f0%9f%98%80',
    "'%20OR%201=1--",
  ];
  it.each(names)('(%s) reaches nothing', async (name) => {
    const { app, storage } = await testApp();
    const put = await app.inject({
      method: 'PUT',
      url: `/v1/candidates/${name}`,
      headers: { 'content-type': 'text/plain' },
      payload: 'a.example\n',
    });
    expect([400, 404]).toContain(put.statusCode);
    expect(await storage.candidateLists()).toEqual([]);
    for (const url of [
      `/v1/candidates/${name}`,
      `/v1/switch-off/${name}`,
      `/v1/metrics/${name}/estimate`,
      `/${name}`,
    ]) {
      for (const method of ['GET', 'DELETE'] as const) {
        const answer = await app.inject({ method, url });
        expect([400, 404]).toContain(answer.statusCode);
        expect(answer.headers['content-type']).toContain('application/problem+json');
        expect(answer.body).not.toContain(decodeURIComponent(name));
        expect(Object.keys(answer.headers)).not.toContain('set-cookie');
      }
    }
  });

  it.each(['//healthz', '/healthz/', '/v1/reports/..', '/%zz', '/v1/metrics/%'])(
    'is not tidied up: %s',
    async (url) => {
      const { get } = await testApp();
      const answer = await get(url);
      expect([400, 404]).toContain(answer.statusCode);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    },
  );

  it('is not taken if it is longer than any', async () => {
    const { get } = await testApp();
    expect((await get(`/v1/switch-off/${'a'.repeat(101)}`)).json()).toMatchObject({ type: 'about:blank' });
  });
});

describe('a query', () => {
  const queries = [
    '__proto__=x',
    '__proto__[app]=x',
    'constructor.prototype.app=x',
    'constructor=x',
    'app=a&app=b',
    'app[]=a',
    'top=5&top=6',
    'top=1e999',
    'top=0',
    'from=2026-13-01',
    'from=20778',
    'forged=NaN',
    'forged=1',
    'quantiles=',
    `quantiles=${'.5,'.repeat(40)}.5`,
    'above=Infinity',
    'hello=1',
    `fingerprint=${'f'.repeat(16)}&fingerprint=`,
  ];
  it.each(queries)('(%s) is refused, and changes nothing', async (query) => {
    const { get } = await testApp();
    const answer = await get(`/v1/metrics/theme/estimate?${query}`);
    expect(answer.json()).toMatchObject({ code: 'query-invalid', status: 400 });
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { app?: string }).app).toBeUndefined();
    expect((await get('/v1/metrics/theme/estimate')).statusCode).toBe(200);
  });
});

describe('a body', () => {
  const text = JSON.stringify(good);
  const bodies: readonly [string, string][] = [
    ['arrays in arrays', '['.repeat(60_000)],
    ['objects in objects', '{"a":'.repeat(20_000)],
    ['closed arrays in arrays', `${'['.repeat(60_000)}${']'.repeat(60_000)}`],
    ['a polluting key', text.replace('{', '{"__proto__":{"polluted":1},')],
    ['a constructor', text.replace('{', '{"constructor":{"prototype":{"polluted":1}},')],
    ['a polluting place', text.replace('"0":', '"__proto__":"AQ","0":')],
    ['a place that every object has', text.replace('"0":', '"constructor":"AQ","0":')],
    ['a key twice', text.replace('{', '{"version":1,')],
    ['a key twice, once in other letters', text.replace('{', '{"\\u0076ersion":1,')],
    ['a place twice', text.replace('"0":', '"0":"AA","0":')],
    ['groups twice', text.replace('"groups"', '"groups":[],"groups"')],
    ['a number too large', text.replace(/"day":\d+/, '"day":1e400')],
    ['a number with many digits', text.replace(/"day":\d+/, `"day":${'9'.repeat(50_000)}`)],
    ['a number that is no integer', text.replace(/"day":(\d+)/, '"day":$1.000001')],
    ['half a letter', text.replace('"nonce":"A', '"nonce":"\\ud800')],
    ['a byte order mark', `\ufeff${text}`],
    ['a comment', `${text} // hello`],
    ['two of them', `${text}${text}`],
  ];
  it.each(bodies)('with %s is refused whole', async (_what, body) => {
    const { post, storage } = await testApp();
    const answer = await post(Buffer.from(body), { 'content-type': 'application/json' });
    expect(answer.json()).toMatchObject({ code: 'malformed-batch', status: 400, retry: false });
    expect(await counted(storage, 'dark-mode')).toEqual([]);
    expect(storage.usage()).toMatchObject({ nonces: 0, logBatches: 0 });
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((await post(good)).json()).toMatchObject({ accepted: 1 });
  });

  it('is refused for its size, said or not', async () => {
    const { app, post } = await testApp();
    for (const [type, most] of [
      ['application/octet-stream', MAX_BATCH_BYTES],
      ['application/json', serverPolicy.maxJsonBytes],
    ] as const) {
      const send = (payload: unknown, headers = {}) =>
        app.inject({
          method: 'POST',
          url: '/v1/reports',
          headers: { 'content-type': type, ...headers },
          payload: payload as string,
        });
      expect((await send('x'.repeat(most + 1))).json().code).toBe('batch-too-large');
      expect((await send('x'.repeat(most))).json().code).not.toBe('batch-too-large');
      expect((await send('x', { 'content-length': String(most + 1) })).json().code).toBe('batch-too-large');
    }
    expect((await post(Buffer.from('x'), { 'content-type': 'application/json; charset=utf-16' })).json().code).toBe(
      'malformed-batch',
    );
    expect((await post(Buffer.from('x'), { 'content-encoding': 'gzip' })).statusCode).toBe(422);
  });

  it('of a route that takes none does nothing', async () => {
    const { app } = await testApp();
    const answer = await app.inject({
      method: 'GET',
      url: '/v1/metrics',
      headers: { 'content-type': 'application/json' },
      payload: '{',
    });
    expect(answer.statusCode).toBe(200);
  });
});

describe('a header', () => {
  it('that says Global Privacy Control is a no, unless the app asked people all the same', async () => {
    const { post, storage } = await testApp();
    const body = batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] });
    expect((await post(body, { 'sec-gpc': '1' })).json()).toMatchObject({
      code: 'gpc-refused',
      status: 403,
      retry: false,
    });
    expect(storage.usage().nonces).toBe(0);
    expect((await post(good, { 'sec-gpc': '1' })).json().code).toBe('gpc-refused');
    // As a header arrives that was sent twice.
    for (const said of ['1, 1', '0, 1', '1,0', ' 1 ']) {
      expect([said, (await post(good, { 'sec-gpc': said })).json().code]).toEqual([said, 'gpc-refused']);
    }
    for (const said of ['0', 'true', '', '0, 0', '11']) {
      expect(
        (await post(batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] }), { 'sec-gpc': said })).statusCode,
      ).toBe(200);
    }
    const asking = { ...registry, gpc: 'explicit-grant' as const };
    const granted = await testApp({ registries: [asking] });
    expect((await granted.post(body, { 'sec-gpc': '1' })).json()).toMatchObject({ accepted: 1 });
  });
});
