import type { Params, State } from '@dither/mechanisms';
import { aggregator, client as oneTimeRappor } from '@dither/mechanisms/one-time-rappor';
import { client as rr } from '@dither/mechanisms/rr';
import { boolean, defineRegistry, text } from '@dither/protocol';
import { memoryStorage } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TextsJob } from '../dist/estimates/thread/messages.js';
import { remembering } from '../dist/estimates/thread/remember.js';
import { createEstimateThread, type EstimateThreadOptions, type Run } from '../dist/estimates/thread/thread.js';
import { about, budget, DAY, testApp } from './fixture.js';
import { anyNonce, batchesOf, batchOf, seededSource } from './simulated.js';

const params = oneTimeRappor.params({ epsilon: 4, bits: 32, hashes: 1, cohorts: 8 });

/** A state of reports of "a". */
function stateOf(reports: number): State {
  const source = seededSource(1);
  const state = aggregator.empty(params);
  for (let i = 0; i < reports; i++) aggregator.accumulate(params, state, oneTimeRappor.randomize(params, 'a', source));
  return state;
}

function job(reports: number, candidates: readonly string[], own: Partial<TextsJob> = {}): TextsJob {
  const lines = candidates.map((one) => `${one}\n`).join('');
  return {
    answers: 'texts',
    metric: 'f'.repeat(16),
    params: params as Params,
    state: stateOf(reports),
    candidates: { sha256: lines, bytes: new TextEncoder().encode(lines) },
    maxLength: 100,
    repeats: 1,
    confidence: 0.95,
    ...own,
  };
}

function thread(options: EstimateThreadOptions = {}) {
  const made = createEstimateThread(options);
  onTestFinished(() => made.close());
  return made;
}

/** Counts what is really estimated. */
function counted(run: Run) {
  let times = 0;
  const counting: Run = (one) => {
    times++;
    return run(one);
  };
  return { run: counting, times: () => times };
}

const many = (count: number) => Array.from({ length: count }, (_, i) => `candidate ${i}`);

describe('the thread that estimates', () => {
  it('answers each job with its own result, in turn', async () => {
    const { run } = thread();
    const results = await Promise.all([run(job(500, ['a', 'b'])), run(job(600, ['a'])), run(job(0, []))]);
    expect(results.map(({ n, tested }) => [n, tested])).toEqual([
      [500, 2],
      [600, 1],
      [0, 0],
    ]);
    expect(results[0]?.detected).toEqual(['a']);
  });

  it('says what went wrong with a job, and goes on', async () => {
    const { run } = thread();
    const foreign = { ...stateOf(1), params: 'of/other/params' };
    await expect(run(job(1, [], { state: foreign }))).rejects.toThrow('state-mismatch');
    expect((await run(job(500, ['a']))).n).toBe(500);
  });

  it('gives up what takes too long, and everything behind it gets its turn', async () => {
    const { run } = thread({ estimateMilliseconds: 1 });
    const jobs = [run(job(500, many(20_000))), run(job(500, many(20_000)))];
    for (const one of await Promise.allSettled(jobs)) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'estimate-unavailable', statusCode: 503 } });
    }
  });

  it('refuses more than it lets wait, and all that waits when it is closed', async () => {
    const made = thread({ waitingEstimates: 1 });
    const kept = Promise.allSettled([made.run(job(500, many(20_000))), made.run(job(1, []))]);
    await expect(made.run(job(2, []))).rejects.toMatchObject({ code: 'estimate-unavailable' });
    await made.close();
    for (const one of await kept) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'estimate-unavailable' } });
    }
    await expect(made.run(job(1, []))).rejects.toMatchObject({ code: 'estimate-unavailable' });
  });
});

describe('what is remembered', () => {
  it('estimates the same question about the same state once, and another one anew', async () => {
    const { run, times } = counted(thread().run);
    const remembered = remembering(run);
    const first = job(500, ['a', 'b']);
    const both = await Promise.all([remembered(first), remembered(job(500, ['a', 'b']))]);
    expect(times()).toBe(1);
    expect(await remembered(first)).toBe(both[0]);
    expect(times()).toBe(1);
    // One report more, other candidates, other repeats, another metric.
    expect((await remembered(job(501, ['a', 'b']))).n).toBe(501);
    expect((await remembered(job(500, ['a']))).tested).toBe(1);
    await remembered({ ...first, repeats: 2 });
    await remembered({ ...first, metric: '0'.repeat(16) });
    expect(times()).toBe(5);
  });

  it('forgets the least recent answer, and every failure', async () => {
    const { run, times } = counted(thread().run);
    const remembered = remembering(run, 2);
    const [a, b, c] = [job(1, []), job(2, []), job(3, [])];
    for (const one of [a, b, a, c, a]) await remembered(one);
    expect(times()).toBe(3);
    await remembered(b);
    expect(times()).toBe(4);
    const bad = job(4, [], { params: { ...params, mechanism: 'nothing' } });
    await expect(remembered(bad)).rejects.toThrow();
    await expect(remembered(bad)).rejects.toThrow();
    expect(times()).toBe(6);
  });
});

describe('ingest', () => {
  const registry = defineRegistry({
    app: 'org.example.both',
    expectedClients: 1000,
    budget,
    metrics: {
      crash: text({ ...about, period: 1, mechanism: oneTimeRappor }),
      yes: boolean({ ...about, period: 1, mechanism: rr }),
    },
  });
  const { crash, yes } = registry.metrics;

  // On one thread it would fail each time; a machine that is busy may stop this process for a while, once.
  it('goes on while texts are decoded', { retry: 2 }, async () => {
    const storage = memoryStorage();
    const { app, get, post } = await testApp({ storage, registries: [registry] });
    const source = seededSource(3);
    await storage.commit(batchesOf(registry, crash, DAY - 1, many(100), source));
    await app.inject({
      method: 'PUT',
      url: '/v1/candidates/many',
      headers: { 'content-type': 'text/plain' },
      payload: many(20_000).join('\n'),
    });
    // The thread and the routes are warm.
    await get('/v1/metrics/crash/estimate');
    const begun = performance.now();
    let isDone = false;
    const answer = get('/v1/metrics/crash/estimate?candidates=many').finally(() => {
      isDone = true;
    });
    let [last, longest, taken] = [begun, 0, 0];
    while (!isDone) {
      const { bytes } = batchOf(registry, yes, DAY - 1, Uint8Array.of(1), anyNonce(source));
      expect((await post(bytes)).json()).toMatchObject({ accepted: 1 });
      taken++;
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    expect((await answer).json().texts.candidates.tested).toBe(20_000);
    // On the same thread nothing would be taken between the first and the last moment.
    expect(taken).toBeGreaterThan(10);
    expect(longest / (last - begun)).toBeLessThan(0.5);
  });
});
