import { client as oneTimeRappor } from '@dither/mechanisms/one-time-rappor';
import { client as rappor } from '@dither/mechanisms/rappor';
import { defineRegistry, formatDay, periodStart, text } from '@dither/protocol';
import { type EstimateAnswer, type EstimateRow, memoryStorage, type TextsSummary } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { about, budget, DAY, testApp } from './fixture.js';
import { batchesOf, latchedBatches, seededSource, share } from './simulated.js';

const registry = defineRegistry({
  app: 'org.example.texts',
  expectedClients: 20_000,
  budget,
  metrics: {
    signature: text({ ...about, period: 1, epsilon: 4, maxLength: 16, mechanism: oneTimeRappor }),
    homepage: text({
      ...about,
      period: 1,
      mechanism: rappor,
      latch: { epsilonFirst: 2, epsilonInfinity: 4, epoch: 7 },
    }),
  },
});
const { signature, homepage } = registry.metrics;

const WINDOW = DAY - 1;
const REPORTS = 24_000;
/** The rest, a fifth, has none. */
const HELD = { 'segfault at 0x0': 0.35, 'out of memory': 0.2, 'stack overflow': 0.15, 'lost context': 0.1 } as const;
const FALSE = Array.from({ length: 200 }, (_, i) => `never seen ${i}`);

/** Texts of the installations, drawn from HELD; the same for the same seed. */
function textsOf(count: number, seed: number): readonly string[] {
  const source = seededSource(seed);
  return Array.from({ length: count }, () => {
    let at = share(source);
    for (const [name, part] of Object.entries(HELD)) {
      at -= part;
      if (at < 0) return name;
    }
    return '';
  });
}

function shareOf(texts: readonly string[], name: string): number {
  return texts.filter((one) => one === name).length / texts.length;
}

const TEXTS = textsOf(REPORTS, 1);
const BATCHES = batchesOf(registry, signature, WINDOW, TEXTS, seededSource(2));

type TextsAnswer = EstimateAnswer & { readonly texts: TextsSummary };

/** A server that holds the reports; asks it, and uploads to it. */
async function filledApp() {
  const storage = memoryStorage();
  const made = await testApp({ storage, registries: [registry] });
  // Some over the wire, the many at once.
  for (const { bytes } of BATCHES.slice(0, 50)) expect((await made.post(bytes)).json()).toMatchObject({ accepted: 1 });
  await storage.commit(BATCHES.slice(50));
  return {
    ...made,
    texts: TEXTS,
    ask: async (query: string) => (await made.get(`/v1/metrics/signature/estimate${query}`)).json() as TextsAnswer,
    upload: (name: string, lines: readonly string[]) =>
      made.app.inject({
        method: 'PUT',
        url: `/v1/candidates/${name}`,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        payload: lines.join('\n'),
      }),
  };
}

function row(answer: EstimateAnswer, label: string): EstimateRow {
  const found = answer.values.find((one) => one.label === label);
  if (found === undefined) throw new Error(`no row ${label}`);
  return found;
}

/** Standard errors between the estimate and the truth; beyond 4.5 one correct run in 100,000 (two-sided, normal). */
function distance({ value, standardError }: EstimateRow, truth: number): number {
  return Math.abs((value as number) - truth) / (standardError as number);
}
const FAR = 4.5;

describe('an estimate of texts', () => {
  it('tells which of the candidates are held, by how many, and what they do not explain', async () => {
    const { ask, upload, texts } = await filledApp();
    const names = Object.keys(HELD);

    const alone = await ask('');
    expect(alone).toMatchObject({ answers: 'texts', n: REPORTS, status: 'ok', mechanism: 'one-time-rappor' });
    expect(alone.texts).toMatchObject({ candidates: null, lists: [], detected: [], listed: [] });
    expect(alone.values.map(({ quantity }) => quantity)).toEqual(['with-text', 'unexplained']);
    expect(distance(row(alone, 'with a text'), 1 - shareOf(texts, ''))).toBeLessThan(FAR);

    const receipt = (await upload('crashes', [...FALSE, ...names])).json();
    const answer = await ask('?candidates=crashes');
    expect(answer.texts.candidates).toEqual({ name: 'crashes', count: 204, sha256: receipt.sha256, tested: 204 });
    expect(answer.texts.lists).toEqual(['crashes']);
    // Each of them is 20 standard errors from zero. A false one is listed in one run of 20: this seed has none.
    expect([...answer.texts.detected].sort()).toEqual([...names].sort());
    for (const name of names) {
      const found = row(answer, name);
      expect(found).toMatchObject({ quantity: 'text', n: REPORTS, isDetected: true, isListed: true, confusedWith: [] });
      expect(distance(found, shareOf(texts, name))).toBeLessThan(FAR);
      expect(found.pValue).toBeLessThan(0.05 / 204);
      expect(found.value).toBeGreaterThan(found.detectionLimit as number);
    }
    // Detected first, then by estimate, after the two rows about all.
    const values = answer.values.slice(2);
    expect(values).toHaveLength(200);
    const estimates = values.map(({ value }) => value as number);
    expect(estimates).toEqual([...estimates].sort((a, b) => b - a));
    expect(values.slice(0, 4).every(({ isDetected }) => isDetected)).toBe(true);
    expect(distance(row(answer, 'not explained by the candidates'), 0)).toBeLessThan(FAR);
    // What gets into the list must be larger than what is told from zero by itself.
    expect(answer.texts.detectionLimit).toBeGreaterThan(values.at(-1)?.detectionLimit as number);
    expect(answer.postProcessed.method).toBe('non-negative-fit');
    expect(answer.postProcessed.label).toContain('biased');
    expect(answer.postProcessed.values.every(({ value }) => value >= 0)).toBe(true);
    expect((await ask('?candidates=crashes&top=3')).values).toHaveLength(2 + 3);
  });

  it('says how much is missing from the candidates, and answers anew when they are replaced', async () => {
    const { ask, upload, texts } = await filledApp();
    const [heaviest, ...others] = Object.keys(HELD) as [string, ...string[]];
    await upload('crashes', [...FALSE, ...others]);
    const without = await ask('?candidates=crashes');
    expect([...without.texts.detected].sort()).toEqual([...others].sort());
    const unexplained = row(without, 'not explained by the candidates');
    expect(unexplained.low).toBeGreaterThan(0);
    expect(distance(unexplained, shareOf(texts, heaviest))).toBeLessThan(FAR);
    await upload('crashes', [...FALSE, ...others, heaviest]);
    const whole = await ask('?candidates=crashes');
    expect(whole.texts.detected[0]).toBe(heaviest);
    expect(row(whole, 'not explained by the candidates').low).toBeLessThan(0.05);
    expect(whole.texts.candidates?.sha256).not.toBe(without.texts.candidates?.sha256);
  });

  it('cuts candidates as a device cuts texts, and tests those that become the same once', async () => {
    const { ask, upload } = await filledApp();
    await upload('long', ['segfault at 0x0', '0123456789abcdef and more', '0123456789abcdef and other']);
    const { texts, values } = await ask('?candidates=long');
    expect(texts.candidates).toMatchObject({ count: 3, tested: 2 });
    expect(values.slice(2).map(({ label }) => label)).toEqual(['segfault at 0x0', '0123456789abcdef']);
  });

  it('has nothing to say without reports', async () => {
    const { app, get } = await testApp({ registries: [registry] });
    await app.inject({
      method: 'PUT',
      url: '/v1/candidates/a',
      headers: { 'content-type': 'text/plain' },
      payload: 'x',
    });
    const answer = (await get('/v1/metrics/signature/estimate?candidates=a')).json() as TextsAnswer;
    expect(answer).toMatchObject({ n: 0, status: 'not-enough-data' });
    expect(answer.texts).toMatchObject({ detected: [], listed: [], detectionLimit: null });
    expect(answer.values.map(({ value, standardError }) => [value, standardError])).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ]);
    expect(answer.postProcessed.values).toEqual([]);
  });

  it('refuses unknown lists and questions for other metrics', async () => {
    const { get } = await testApp({ registries: [registry] });
    const code = async (query: string) => (await get(`/v1/metrics/signature/estimate?${query}`)).json().code;
    expect(await code('candidates=nothing')).toBe('unknown-candidates');
    for (const query of ['top=0', 'top=1001', 'top=x', 'quantiles=.5', 'above=1', 'candidates=a&candidates=b']) {
      expect(await code(query)).toBe('query-invalid');
    }
  });
});

describe('an estimate of latched texts', () => {
  it('has a wider error over two windows of one epoch than over two epochs', async () => {
    const storage = memoryStorage();
    const { app, get } = await testApp({ storage, registries: [registry] });
    await app.inject({
      method: 'PUT',
      url: '/v1/candidates/crashes',
      headers: { 'content-type': 'text/plain' },
      payload: [...Object.keys(HELD), ...FALSE].join('\n'),
    });
    const texts = textsOf(8000, 3);
    const source = seededSource(4);
    const epoch = periodStart(DAY, 7) - 7;
    // Days 5 and 6 of one epoch share their stored outputs; day 7 is the next epoch's.
    await storage.commit(latchedBatches(registry, homepage, [epoch + 5, epoch + 6], texts, source));
    await storage.commit(latchedBatches(registry, homepage, [epoch + 7], texts, source));
    const ask = async (from: number, to: number) => {
      const days = `from=${formatDay(from)}&to=${formatDay(to)}`;
      return (await get(`/v1/metrics/homepage/estimate?candidates=crashes&${days}`)).json() as TextsAnswer;
    };
    const [one, shared, apart] = [
      await ask(epoch + 5, epoch + 5),
      await ask(epoch + 5, epoch + 6),
      await ask(epoch + 6, epoch + 7),
    ];
    expect([one.n, shared.n, apart.n]).toEqual([8000, 16_000, 16_000]);
    // Without the misfit, which would find what is shared if nobody had told.
    const error = (answer: TextsAnswer) => (row(answer, 'lost context').standardError as number) / answer.texts.misfit;
    // By the formula 1.09, less the plug-in's own noise; independent reports halve the variance.
    expect(error(shared) / error(apart)).toBeGreaterThan(1.04);
    expect(error(one) / error(shared)).toBeGreaterThan(1.1);
    expect(error(one) / error(apart)).toBeGreaterThan(1.3);
    for (const answer of [one, shared, apart]) {
      for (const name of Object.keys(HELD)) expect(distance(row(answer, name), shareOf(texts, name))).toBeLessThan(FAR);
    }
    expect(shared.population).toContain('each epoch of 7 days');
  });
});
