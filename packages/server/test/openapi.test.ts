import { createHash } from 'node:crypto';
import { client as oneTimeRappor } from '@dither/mechanisms/one-time-rappor';
import { client as rr } from '@dither/mechanisms/rr';
import { client as tree } from '@dither/mechanisms/tree';
import { batchToJson, boolean, defineRegistry, encodeBatch, type Registry, text, timing } from '@dither/protocol';
import { memoryStorage, openAccess, StorageError } from '@dither/server';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../src/openapi/document.js';
import { html } from '../src/openapi/html.js';
import { operations } from '../src/openapi/operations.js';
import { about, batchBytes, budget, DAY, registry, type TestReport, testApp, testClock } from './fixture.js';

const document = JSON.parse(JSON.stringify(openApiDocument()));
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, 'api');

/** One registry with metrics of the other two kinds of answers, and one with a name that the first has, too. */
const others = defineRegistry({
  app: 'org.example.others',
  expectedClients: 1000,
  budget,
  metrics: {
    load: timing({ ...about, period: 1, range: [10, 1000], buckets: 16, mechanism: tree }),
    page: text({ ...about, period: 1, mechanism: oneTimeRappor }),
    theme: boolean({ ...about, period: 1, mechanism: rr }),
  },
});

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

interface Ask {
  readonly method?: Method;
  /** In OpenAPI's notation, then how it is asked. */
  readonly path: string;
  readonly url?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly payload?: Buffer | string | object;
  readonly remoteAddress?: string;
}

type App = Awaited<ReturnType<typeof testApp>>['app'];

/** What was answered, by operation: a status, and the code of a problem. */
const seen = new Set<string>();

/** Asks, and holds the answer to the document. */
async function ask(app: App, { method = 'GET', path, url = path, headers = {}, payload, remoteAddress }: Ask) {
  const answer = await app.inject({
    method,
    url,
    headers,
    ...(payload === undefined ? {} : { payload }),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  });
  const operation = document.paths[path][method.toLowerCase()];
  expect(Object.keys(operation.responses)).toContain(String(answer.statusCode));
  const { content = {} } = operation.responses[answer.statusCode];
  const documented = Object.keys(content);
  // JSON is UTF-8 whether it says so or not.
  const said = String(answer.headers['content-type']).replace(/(json); charset=utf-8$/, '$1');
  const type = documented.find((one) => one === said);
  const isEmpty = answer.statusCode === 204;
  expect([path, answer.statusCode, isEmpty || type]).toEqual([path, answer.statusCode, isEmpty || documented[0]]);
  if (isEmpty) expect(answer.body).toBe('');
  const code = type?.includes('json') ? hold(answer.json(), path, method, answer.statusCode, type) : undefined;
  seen.add([method, path, answer.statusCode, ...(code === undefined ? [] : [code])].join(' '));
  return answer;
}

function hold(body: { code?: string }, path: string, method: Method, status: number, type: string): string | undefined {
  const steps = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = ajv.compile({ $ref: `api#/${pointer}` });
  const errors = validate(body) ? [] : validate.errors;
  expect([path, errors]).toEqual([path, []]);
  return type.includes('problem') ? body.code : undefined;
}

const OCTETS = { 'content-type': 'application/octet-stream' };
const TEXT = { 'content-type': 'text/plain; charset=utf-8' };
const YES: TestReport = { id: 'dark-mode', bytes: [1] };
const octets = (bytes: Uint8Array): Ask => ({
  method: 'POST',
  path: '/v1/reports',
  headers: OCTETS,
  payload: Buffer.from(bytes),
});
const batch = (options: Partial<Parameters<typeof batchBytes>[0]> = {}) =>
  octets(batchBytes({ reports: [YES], ...options }));
const list = (name: string, payload = 'a.example\n'): Ask => ({
  method: 'PUT',
  path: '/v1/candidates/{name}',
  url: `/v1/candidates/${name}`,
  headers: TEXT,
  payload,
});
const estimate = (id: string, query = ''): Ask => ({
  path: '/v1/metrics/{id}/estimate',
  url: `/v1/metrics/${id}/estimate${query}`,
});
const named = (method: Method, name: string): Ask => ({
  method,
  path: '/v1/candidates/{name}',
  url: `/v1/candidates/${name}`,
});
const switchOff: Ask = { path: '/v1/switch-off/{app}', url: '/v1/switch-off/org.example.app' };

/** A call of an operation that is refused before anything of it is looked at. */
function anyCall({ method, path }: (typeof operations)[number]): Ask {
  return { method: method.toUpperCase() as Method, path, url: path.replace(/\{\w+\}/, 'x') };
}

describe('the document of the API', () => {
  it('has every route there is, and no other', async () => {
    const { app } = await testApp({ allowedOrigins: ['*'] });
    const documented = operations.map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/, ':$1')}`);
    expect(new Set(routesOf(app))).toEqual(new Set(documented));
    expect(documented).toHaveLength(new Set(documented).size);
  });

  it('is one of OpenAPI 3.1, whose references lead somewhere', async () => {
    const { app } = await testApp();
    const served = (await app.inject('/openapi.json')).json();
    expect(served).toEqual(document);
    expect(served.openapi).toBe('3.1.0');
    const references = [...JSON.stringify(served).matchAll(/"\$ref":"([^"]+)"/g)].map(([, at]) => at);
    expect(new Set(references)).toEqual(new Set(['#/components/schemas/Problem']));
    expect(served.components.schemas.Problem.required).toContain('code');
  });

  it('takes the batches that the route takes', () => {
    const at = 'api#/paths/~1v1~1reports/post/requestBody/content/application~1json/schema';
    const validate = ajv.compile({ $ref: at });
    const json = batchToJson({ day: DAY, nonce: new Uint8Array(16), registry: registry.fingerprint, reports: [] });
    const groups = [{ window: DAY - 1, reports: { '0': 'AQ' } }];
    expect(validate({ ...json, groups })).toBe(true);
    expect(validate({ ...json, groups, client: 'me' })).toBe(false);
    expect(validate({ ...json, groups, day: String(DAY) })).toBe(false);
  });
});

describe('real answers are what the document says', () => {
  it('where all is well', async () => {
    const { app } = await testApp({
      registries: [registry, others as unknown as Registry],
      switchOffs: [{ app: registry.app, off: ['theme'], until: DAY + 2 }],
    });
    await ask(app, batch());
    const again = batch();
    await ask(app, again);
    await ask(app, again);
    await ask(app, batch({ reports: [YES, { ...YES, window: DAY }, { id: 'theme', bytes: [3] }] }));
    const reports = [others.metrics.load, others.metrics.page].map((metric) => ({
      index: others.wire.findIndex(({ id }) => id === metric.id),
      window: DAY - 1,
      bytes: new Uint8Array(metric.params.reportBytes),
    }));
    const bytes = encodeBatch(others, { day: DAY, nonce: new Uint8Array(16), reports });
    expect((await ask(app, octets(bytes))).json()).toMatchObject({ accepted: 2 });
    const { fingerprint } = others;
    const json = batchToJson({ day: DAY, nonce: new Uint8Array(16).fill(1), registry: fingerprint, reports });
    const headers = { 'content-type': 'application/json' };
    await ask(app, { method: 'POST', path: '/v1/reports', headers, payload: json });

    await ask(app, list('hosts'));
    for (const path of [
      '/v1/candidates',
      '/v1/metrics',
      '/v1/registries',
      '/metrics',
      '/healthz',
      '/readyz',
      '/',
      '/openapi.json',
    ]) {
      await ask(app, { path });
    }
    for (const one of [
      estimate('dark-mode', '?forged=.1&from=2026-11-01'),
      estimate('searches'),
      estimate('load', '?quantiles=.5,.9&above=100'),
      estimate('page'),
      estimate('page', '?candidates=hosts&top=5'),
    ]) {
      await ask(app, one);
    }
    await ask(app, switchOff);
    await ask(app, named('GET', 'hosts'));
    await ask(app, named('DELETE', 'hosts'));
  });

  it('where a batch is refused', async () => {
    const clock = testClock();
    const access = await openAccess(memoryStorage(), clock);
    const { app } = await testApp({ clock, access });
    const good = batchBytes({ reports: [YES] });
    const changed = (at: number) => octets(good.map((byte, i) => (i === at ? byte ^ 0xff : byte)));
    await ask(app, octets(new Uint8Array(0)));
    await ask(app, octets(new Uint8Array(20_000)));
    await ask(app, batch({ day: DAY - 8 }));
    await ask(app, batch({ day: DAY + 2 }));
    await ask(app, changed(0));
    await ask(app, changed(19));
    clock.set(DAY + 7);
    await ask(
      app,
      octets(batchBytes({ day: DAY + 7, reports: [YES] }).map((byte, i) => (i === 19 ? byte ^ 0xff : byte))),
    );
    await ask(app, { ...batch({ day: DAY + 7 }), headers: { ...OCTETS, 'sec-gpc': '1' } });
    await ask(app, { ...batch(), headers: { 'content-type': 'text/html' } });
    await access.createKey({ app: registry.app });
    await ask(app, batch({ day: DAY + 7 }));
  });

  it('where a question is', async () => {
    const { app } = await testApp({ registries: [registry, others as unknown as Registry] });
    await ask(app, estimate('dark-mode', '?hello=1'));
    await ask(app, estimate('theme'));
    await ask(app, estimate('nothing'));
    await ask(app, estimate('page', '?candidates=none'));
    // More at once than wait for the one thread that makes them.
    const many = Array.from({ length: 80 }, (_, i) => ask(app, estimate('load', `?quantiles=.${100 + i}`)));
    await Promise.all(many);
    await ask(app, switchOff);
    await ask(app, named('GET', 'none'));
    await ask(app, named('DELETE', 'none'));
    await ask(app, list('hosts', ''));
    await ask(app, list('hosts', 'x\n'.repeat(100_001)));
  });

  it('where the disk is full, or cannot be read', async () => {
    const full = async () => {
      throw new StorageError('not-stored', 'the disk is full');
    };
    const writes = { commit: full, saveCandidates: full, deleteCandidates: full, probe: full };
    const reads = { states: full, windows: full, candidates: full, candidateLists: full };
    const [unwritable, unreadable] = [
      await testApp({ storage: { ...memoryStorage(), ...writes } }),
      await testApp({ storage: { ...memoryStorage(), ...reads } }),
    ];
    const asks: readonly [App, Ask][] = [
      [unwritable.app, batch()],
      [unwritable.app, list('hosts')],
      [unwritable.app, named('DELETE', 'hosts')],
      [unwritable.app, { path: '/readyz' }],
      [unreadable.app, { path: '/v1/metrics' }],
      [unreadable.app, estimate('dark-mode')],
      [unreadable.app, { path: '/v1/candidates' }],
      [unreadable.app, named('GET', 'hosts')],
    ];
    for (const [app, one] of asks) {
      const answer = await ask(app, one);
      expect([answer.json().code, answer.headers['retry-after']]).toEqual(['unavailable', '60']);
    }
  });

  it('where somebody may not read', async () => {
    const clock = testClock();
    const storage = memoryStorage();
    const access = await openAccess(storage, clock);
    const { app } = await testApp({ storage, clock, access });
    const guarded = operations.filter((operation) => operation.access !== undefined).map(anyCall);
    for (const one of guarded) await ask(app, { ...one, remoteAddress: '203.0.113.7' });
    const apps = [registry.app];
    const { secret } = await access.createToken({ name: 'a', scopes: ['read'], apps });
    const changing = await access.createToken({ name: 'b', scopes: ['candidates'] });
    for (const one of guarded) {
      await ask(app, one);
      await ask(app, { ...one, headers: { authorization: 'Bearer x' } });
      for (const authorization of [`Bearer ${secret}`, `Bearer ${changing.secret}`]) {
        const { statusCode } = await app.inject({
          method: one.method ?? 'GET',
          url: one.url ?? '',
          headers: { authorization },
        });
        if (statusCode === 403) await ask(app, { ...one, headers: { authorization } });
      }
    }
  });

  it('where a network asks too often', async () => {
    const { app } = await testApp({ rateLimit: 0 });
    for (const operation of operations.filter(({ isLimited }) => isLimited)) {
      const { headers } = await ask(app, anyCall(operation));
      expect(headers['retry-after']).toBe('60');
    }
  });

  // What happens before a route is known, or should not happen, is in other tests.
  const ELSEWHERE = /request-invalid|request-timeout|headers-too-large|internal/;
  afterAll(() => {
    const documented = operations.flatMap(({ method, path }) =>
      Object.entries<{
        content?: { [type: string]: { schema: { allOf: [object, { properties: { code: { enum: string[] } } }] } } };
      }>(document.paths[path][method].responses).flatMap(([status, { content = {} }]) => {
        const head = `${method.toUpperCase()} ${path} ${status}`;
        const problem = content['application/problem+json'];
        if (problem === undefined) return [head];
        return problem.schema.allOf[1].properties.code.enum.map((code) => `${head} ${code}`);
      }),
    );
    expect(documented.filter((one) => !seen.has(one) && !ELSEWHERE.test(one))).toEqual([]);
  });
});

describe('the page of the API', () => {
  it('needs nothing from elsewhere, runs nothing, and says so', async () => {
    const { app } = await testApp();
    const { body, headers } = await app.inject('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|script-src|https?:|\*/);
    expect(body).not.toMatch(/<script|<img|<iframe|<form|\son\w+=|style=|https?:\/\//i);
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(body) ?? [];
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(style).toContain('color-scheme:light dark');
    for (const { method, path } of operations) expect(body).toContain(`<code>${method.toUpperCase()} ${path}</code>`);
    const targets = [...body.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target);
    expect(targets).toHaveLength(operations.length);
    for (const target of targets) expect(body).toContain(`id="${target}"`);
  });

  it('escapes what it is given', () => {
    const hostile = `<script>alert("1")</script>'&`;
    expect(html`<p title="${hostile}">${hostile}</p>${[html`<b>${hostile}</b>`]}`.text).toBe(
      [
        '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;">',
        '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;</p>',
        '<b>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;</b>',
      ].join(''),
    );
  });

  it('shows no registry, and a text of one is data wherever it is answered', async () => {
    const hostile = `</pre><script>alert(1)</script>`;
    const marked = defineRegistry({
      app: 'org.example.marked',
      expectedClients: 10,
      budget,
      metrics: {
        marked: boolean({ ...about, description: hostile, purpose: hostile, owner: hostile, period: 1, mechanism: rr }),
      },
    });
    const { app } = await testApp({ registries: [marked as unknown as Registry] });
    expect((await app.inject('/')).body).not.toContain('alert(1)');
    const { body, headers } = await app.inject('/v1/metrics');
    expect(body).toContain('alert(1)');
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

/** Method and path of each route, from the tree that Fastify prints; HEAD of a GET, and OPTIONS, go without saying. */
function routesOf(app: App): readonly string[] {
  const path: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^([\s│├└─]*)(\S+) \(([A-Z, ]+)\)/.exec(line) ?? [];
      if (part === '') return [];
      path.splice(indent.length / 4 - 1, path.length, part);
      const shown = methods.split(', ').filter((method) => !['HEAD', 'OPTIONS'].includes(method));
      return shown.map((method) => `${method.toLowerCase()} ${path.join('')}`);
    });
}
