import { client as rr } from '@dither/mechanisms/rr';
import { boolean, defineRegistry } from '@dither/protocol';
import { type EstimateAnswer, memoryStorage } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { about, budget, DAY, incoming, type MetricId, registry, testApp } from './fixture.js';

/** Commits `count` reports of one kind. */
async function report(
  storage: ReturnType<typeof memoryStorage>,
  id: MetricId,
  byte: number,
  count: number,
  window?: number,
) {
  await storage.commit(
    Array.from({ length: count }, () =>
      incoming({ reports: [{ id, bytes: [byte], ...(window === undefined ? {} : { window }) }] }),
    ),
  );
}

async function answer(get: Awaited<ReturnType<typeof testApp>>['get'], url: string): Promise<EstimateAnswer> {
  return (await get(url)).json() as EstimateAnswer;
}

describe('GET /v1/metrics/:id/estimate', () => {
  // At epsilon 1, p = e/(e+1) = .7310585786, q = .2689414214: computed by hand, in Python.
  it('estimates a yes or no', async () => {
    const { storage, get } = await testApp();
    await report(storage, 'dark-mode', 1, 70);
    await report(storage, 'dark-mode', 0, 30);
    const estimate = await answer(get, '/v1/metrics/dark-mode/estimate?from=2026-11-19&to=2026-11-19');
    expect(estimate).toMatchObject({
      metric: 'dark-mode',
      app: 'org.example.app',
      fingerprint: registry.metrics['dark-mode'].fingerprint,
      kind: 'boolean',
      from: '2026-11-19',
      to: '2026-11-19',
      windows: [{ from: '2026-11-19', to: '2026-11-19', n: 100 }],
      population: 'reporting installations, per period of one day: whether it happened at least once',
      n: 100,
      mechanism: 'rr',
      confidence: 0.95,
      answers: 'frequencies',
      status: 'ok',
      otherFingerprints: [],
    });
    expect(estimate.epsilon.declared).toBe(1);
    expect(estimate.epsilon.effective).toBeLessThanOrEqual(1);
    expect(estimate.epsilon.effective).toBeCloseTo(1, 6);
    const [yes, ...rest] = estimate.values;
    expect(rest).toEqual([]);
    expect(yes).toMatchObject({ label: 'yes', index: 1, quantity: 'frequency', n: 100 });
    // Nothing is cut to the range of the truth.
    expect(yes?.high).toBeGreaterThan(1);
    expect(yes?.value).toBeCloseTo(0.9327906827, 9);
    expect(yes?.standardError).toBeCloseTo(0.0959517376, 9);
    expect(yes?.low).toBeGreaterThan(0.9327906827 - 2.5 * 0.0959517376);
    // 1.959964 and 1.644854 standard errors, which are the same for every truth.
    expect(yes?.detectionLimit).toBeCloseTo((1.959964 + 1.644854) * 0.0959517376, 9);
    expect(estimate.postProcessed.method).toBe('clamped');
  });

  it('estimates the shares of a category, and shows their projection beside them', async () => {
    const { storage, get } = await testApp();
    await report(storage, 'theme', 0, 60);
    await report(storage, 'theme', 1, 30);
    await report(storage, 'theme', 2, 10);
    const { values, postProcessed } = await answer(get, '/v1/metrics/theme/estimate');
    expect(values.map(({ label, index }) => [label, index])).toEqual([
      ['light', 0],
      ['dark', 1],
      ['none', 2],
    ]);
    // (C/n - q)/(p - q), p = e/(e+2), q = 1/(e+2)
    expect(values[0]?.value).toBeCloseTo(1.0655813655, 9);
    expect(values[1]?.value).toBeCloseTo(0.2418023293, 9);
    expect(values[2]?.value).toBeCloseTo(-0.3073836948, 9);
    expect(values[0]?.standardError).toBeCloseTo(0.1356962486, 9);
    expect(values[1]?.standardError).toBeCloseTo(0.1183255596, 9);
    expect(values[2]?.standardError).toBeCloseTo(0.1122216771, 9);
    expect(postProcessed.method).toBe('simplex-projection');
    expect(postProcessed.label).toContain('biased');
    // The nearest point of the simplex: the third is cut, the others give up (1.0656 + .2418 - 1)/2 each.
    expect(postProcessed.values.map(({ value }) => value)).toEqual([
      expect.closeTo(0.9118895181, 9),
      expect.closeTo(0.0881104819, 9),
      0,
    ]);
  });

  it('estimates mean, total and ends of a count', async () => {
    const { storage, get } = await testApp();
    // Of 100 reports 50 answer for the mean (22 yes), 25 "is it zero?" (12 yes), 25 "is it at the clamp?" (9 yes).
    for (const [byte, count] of [28, 22, 13, 12, 16, 9].entries()) await report(storage, 'searches', byte, count);
    const { values, postProcessed, n } = await answer(get, '/v1/metrics/searches/estimate');
    expect(n).toBe(100);
    expect(values.map(({ label, quantity, n: answers }) => [label, quantity, answers])).toEqual([
      ['mean', 'mean', 50],
      ['total', 'total', 50],
      ['share of zero', 'zero', 25],
      ['share at the clamp', 'at-clamp', 25],
    ]);
    const [mean, total, zero, atClamp] = values;
    expect(mean?.value).toBeCloseTo(3.701627952, 8);
    expect(mean?.standardError).toBeCloseTo(1.519089131, 8);
    expect(total?.value).toBeCloseTo(370.1627952, 6);
    expect(total?.standardError).toBeCloseTo(151.9089131, 6);
    expect(total?.low).toBeCloseTo(100 * (mean?.low ?? 0), 9);
    expect(total?.high).toBeCloseTo(100 * (mean?.high ?? 0), 9);
    expect(zero?.value).toBeCloseTo(0.4567209317, 9);
    expect(zero?.standardError).toBeCloseTo(0.2104061583, 9);
    expect(atClamp?.value).toBeCloseTo(0.1970465221, 9);
    expect(postProcessed.values).toHaveLength(4);
  });

  it('says how far forged reports could have pushed an estimate', async () => {
    const { storage, get } = await testApp();
    await report(storage, 'dark-mode', 1, 70);
    await report(storage, 'dark-mode', 0, 30);
    // A report says (1-q)/(p-q) = 1.581976707 or -q/(p-q) = -.581976707 of the share. Of 100 reports 10 are forged: the others
    // say .9327906827 times 100, less what these say, over 90.
    const answers = async (query: string) => (await answer(get, `/v1/metrics/dark-mode/estimate${query}`)) as never;
    const tenth = (await answers('?forged=.1')) as EstimateAnswer & { readonly forged: number };
    expect(tenth.forged).toBe(0.1);
    const ends = tenth.values[0]?.ifForged;
    expect(ends?.low).toBeCloseTo((0.9327906827 - 0.1 * 1.581976707) / 0.9, 8);
    expect(ends?.high).toBeCloseTo((0.9327906827 + 0.1 * 0.581976707) / 0.9, 8);
    expect(ends?.shift).toBeCloseTo((ends?.high as number) - 0.9327906827, 8);
    expect(await answers('')).toMatchObject({ forged: 0.01 });
    expect(await answers('?forged=0')).toMatchObject({ values: [{ ifForged: { shift: 0 } }] });
  });

  it('says so of a count: of a question forgers all answer, and of the total of the others', async () => {
    const { storage, get } = await testApp();
    for (const [byte, count] of [28, 22, 13, 12, 16, 9].entries()) await report(storage, 'searches', byte, count);
    const { values } = await answer(get, '/v1/metrics/searches/estimate?forged=.1');
    const [mean, total, zero] = values;
    // Ten forged reports of 50 that answer for the mean; each says -5.81976707 or 15.81976707.
    expect(mean?.ifForged?.low).toBeCloseTo((50 * 3.701627952 - 10 * 15.81976707) / 40, 6);
    expect(mean?.ifForged?.high).toBeCloseTo((50 * 3.701627952 + 10 * 5.81976707) / 40, 6);
    expect(total?.ifForged?.low).toBeCloseTo(90 * (mean?.ifForged?.low as number), 6);
    expect(total?.ifForged?.shift).toBeCloseTo(370.1627952 - (total?.ifForged?.low as number), 5);
    expect(zero?.ifForged?.low).toBeCloseTo((25 * 0.4567209317 - 10 * 1.581976707) / 15, 6);
    const half = await answer(get, '/v1/metrics/searches/estimate?forged=.5');
    expect(half.values[0]?.ifForged).toEqual({ low: null, high: null, shift: null });
  });

  it('adds the windows that begin in the days asked for, and no others', async () => {
    const { storage, get } = await testApp();
    for (const [i, window] of [DAY - 4, DAY - 3, DAY - 2, DAY - 1].entries()) {
      await report(storage, 'dark-mode', 1, i + 1, window);
    }
    const of = async (query: string) => (await answer(get, `/v1/metrics/dark-mode/estimate${query}`)).n;
    expect(await of('')).toBe(10);
    expect(await of('?from=2026-11-17&to=2026-11-18')).toBe(5);
    expect(await of('?from=2026-11-18')).toBe(7);
    expect(await of('?to=2026-11-16')).toBe(1);
    const { windows } = await answer(get, '/v1/metrics/dark-mode/estimate?from=2026-11-18&to=2026-11-18');
    expect(windows).toEqual([{ from: '2026-11-18', to: '2026-11-18', n: 3 }]);
  });

  it('says when nothing can be told from the data', async () => {
    const { storage, get } = await testApp();
    const empty = await answer(get, '/v1/metrics/theme/estimate');
    expect(empty).toMatchObject({ n: 0, status: 'not-enough-data', windows: [] });
    expect(empty.values[0]).toEqual({
      label: 'light',
      index: 0,
      quantity: 'frequency',
      value: null,
      standardError: null,
      low: 0,
      high: 1,
      n: 0,
      ifForged: { low: null, high: null, shift: null },
      detectionLimit: null,
    });
    expect(empty.postProcessed.values).toEqual([]);
    await report(storage, 'theme', 0, 2);
    await report(storage, 'theme', 1, 2);
    expect(await answer(get, '/v1/metrics/theme/estimate')).toMatchObject({ n: 4, status: 'not-enough-data' });
    await report(storage, 'theme', 0, 200);
    expect(await answer(get, '/v1/metrics/theme/estimate')).toMatchObject({ n: 204, status: 'ok' });
  });

  it('keeps fingerprints apart: the newest is the answer, earlier ones are named with their n', async () => {
    const storage = memoryStorage();
    const { app } = await testApp({ storage });
    await report(storage, 'dark-mode', 1, 5);
    await app.close();

    const next = defineRegistry({
      app: registry.app,
      expectedClients: 1000,
      budget,
      metrics: { 'dark-mode': boolean({ ...about, period: 1, epsilon: 2, mechanism: rr }) },
    });
    const { get } = await testApp({ storage, registries: [next] });
    const was = registry.metrics['dark-mode'].fingerprint;
    const now = next.metrics['dark-mode'].fingerprint;
    expect(await answer(get, '/v1/metrics/dark-mode/estimate')).toMatchObject({
      fingerprint: now,
      n: 0,
      epsilon: { declared: 2 },
      otherFingerprints: [{ fingerprint: was, n: 5 }],
    });
    expect(await answer(get, `/v1/metrics/dark-mode/estimate?fingerprint=${was}`)).toMatchObject({
      fingerprint: was,
      n: 5,
      epsilon: { declared: 1 },
      otherFingerprints: [{ fingerprint: now, n: 0 }],
    });
  });

  it('asks which app is meant when two have a metric of that name', async () => {
    const other = defineRegistry({
      app: 'org.example.other',
      expectedClients: 10,
      budget,
      metrics: { theme: boolean({ ...about, period: 1, mechanism: rr }) },
    });
    const { get } = await testApp({ registries: [registry, other] });
    expect((await get('/v1/metrics/theme/estimate')).json()).toMatchObject({ code: 'metric-ambiguous', status: 400 });
    const estimate = await answer(get, '/v1/metrics/theme/estimate?app=org.example.app');
    expect(estimate).toMatchObject({ app: 'org.example.app', otherFingerprints: [] });
    expect(await answer(get, '/v1/metrics/dark-mode/estimate')).toMatchObject({ app: 'org.example.app' });
  });

  it('refuses what it cannot answer', async () => {
    const { get } = await testApp();
    const code = async (url: string) => (await get(url)).json().code;
    expect(await code('/v1/metrics/nothing/estimate')).toBe('unknown-metric');
    expect(await code('/v1/metrics/theme/estimate?app=org.example.other')).toBe('unknown-metric');
    expect(await code('/v1/metrics/theme/estimate?fingerprint=00')).toBe('unknown-metric');
    for (const query of [
      'from=2026-02-30',
      'from=yesterday',
      'from=2026-11-01&from=2026-11-02',
      'until=2026-11-01',
      'forged=.51',
      'forged=-.1',
      'forged=',
      'forged=many',
      // Of other kinds of questions.
      'quantiles=.5',
      'above=10',
      'candidates=a',
      'top=3',
    ]) {
      expect(await code(`/v1/metrics/theme/estimate?${query}`)).toBe('query-invalid');
    }
  });
});

describe('GET /v1/metrics', () => {
  it('tells of every metric of the registries served', async () => {
    const { storage, get } = await testApp();
    await report(storage, 'dark-mode', 1, 3);
    const { metrics } = (await get('/v1/metrics')).json();
    expect(metrics.map(({ id }: { id: string }) => id)).toEqual(['dark-mode', 'load-time', 'searches', 'theme']);
    expect(metrics[0]).toEqual({
      id: 'dark-mode',
      app: 'org.example.app',
      fingerprint: registry.metrics['dark-mode'].fingerprint,
      kind: 'boolean',
      description: 'What.',
      purpose: 'Why.',
      owner: 'team@example.org',
      period: 1,
      aggregate: 'any',
      population: 'reporting installations, per period of one day: whether it happened at least once',
      epsilon: 1,
      epoch: 1,
      epochEpsilon: 1,
      mechanism: 'rr',
      answers: 'frequencies',
      expires: '2030-12-31',
      windows: [{ from: '2026-11-19', to: '2026-11-19', n: 3 }],
    });
    expect(metrics[1]).toMatchObject({ id: 'load-time', period: 7, mechanism: 'oue', windows: [] });
  });
});

describe('GET /v1/registries', () => {
  it('tells what is served and what one installation spends on it', async () => {
    const { get } = await testApp();
    expect((await get('/v1/registries')).json()).toEqual({
      registries: [
        {
          app: 'org.example.app',
          fingerprint: registry.fingerprint,
          metrics: 4,
          participation: 'all',
          bound: { ...registry.bound },
        },
      ],
      unknown: [],
    });
  });
});
