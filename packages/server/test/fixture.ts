import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { client as grr } from '@dither/mechanisms/grr';
import { client as oneBitMean } from '@dither/mechanisms/one-bit-mean';
import { client as oue } from '@dither/mechanisms/oue';
import { client as rr } from '@dither/mechanisms/rr';
import {
  boolean,
  category,
  count,
  defineRegistry,
  encodeBatch,
  parseDay,
  periodStart,
  type Registry,
  timing,
  type WireReport,
} from '@dither/protocol';
import { buildApp, type Clock, type IncomingBatch, memoryStorage } from '@dither/server';
import { onTestFinished } from 'vitest';
import { readBatch } from '../src/ingest/contributions.js';
import { serve } from '../src/ingest/served-registry.js';

export const about = {
  description: 'What.',
  purpose: 'Why.',
  owner: 'team@example.org',
  expires: '2030-12-31',
} as const;

/** Room for everything: what a person should spend is not the subject here. */
export const budget = { perWindow: 200, lifetime: 1000 };

/** Metrics whose mechanisms answer with frequencies. Wire order: dark-mode, load-time, searches, theme. */
export const registry = defineRegistry({
  app: 'org.example.app',
  expectedClients: 1000,
  budget,
  metrics: {
    'dark-mode': boolean({ ...about, period: 1, mechanism: rr }),
    'load-time': timing({ ...about, period: 7, range: [10, 1000], buckets: 8, mechanism: oue }),
    searches: count({ ...about, period: 1, clamp: 10, mechanism: oneBitMean }),
    theme: category({ ...about, period: 1, values: ['light', 'dark'], mechanism: grr }),
  },
});

/** The day all tests live on, a Friday. */
export const DAY = parseDay('2026-11-20') as number;
/** The week that closed before it. */
export const WEEK = periodStart(DAY, 7) - 7;

export type MetricId = 'dark-mode' | 'load-time' | 'searches' | 'theme';

/** A report by its metric's id, already randomized; in the period that closed last unless told. */
export interface TestReport {
  readonly id: MetricId;
  readonly bytes: readonly number[];
  readonly window?: number;
}

export function wireReport({ id, bytes, window }: TestReport): WireReport {
  return {
    index: registry.wire.findIndex((metric) => metric.id === id),
    window: window ?? (id === 'load-time' ? WEEK : DAY - 1),
    bytes: Uint8Array.from(bytes),
  };
}

export interface TestBatch {
  readonly day?: number;
  readonly nonce?: Uint8Array;
  readonly reports: readonly TestReport[];
}

export function batchBytes({ day = DAY, nonce = randomBytes(16), reports }: TestBatch): Uint8Array {
  return encodeBatch(registry, { day, nonce, reports: reports.map(wireReport) });
}

/** A batch as it goes to a storage. */
export function incoming(batch: TestBatch, of: Registry = registry): IncomingBatch {
  const { day = DAY, nonce = randomBytes(16) } = batch;
  const bytes = batchBytes({ ...batch, day, nonce });
  return { day, nonce, bytes, contributions: readBatch(bytes, { day, nonce }, serve(of)).contributions };
}

/** A clock that stands still until it is told. */
export function testClock(day = DAY): Clock & { set(day: number, milliseconds?: number): void } {
  let now = day * 86_400_000;
  return {
    now: () => now,
    set(to, milliseconds = 0) {
      now = to * 86_400_000 + milliseconds;
    },
  };
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dither-server-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type BuildOptions = Partial<Parameters<typeof buildApp>[0]>;

/** A server over memory, on the day of the tests, without a rate limit. */
export async function testApp(options: BuildOptions = {}) {
  const storage = options.storage ?? memoryStorage();
  const clock = testClock();
  const app = await buildApp({ registries: [registry], storage, clock, rateLimit: false, ...options });
  onTestFinished(() => app.close());
  return {
    app,
    storage,
    clock,
    post: (body: Uint8Array | object, headers: { readonly [name: string]: string } = {}) =>
      app.inject({
        method: 'POST',
        url: '/v1/reports',
        headers: {
          'content-type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
          ...headers,
        },
        payload: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
      }),
    get: (url: string) => app.inject({ method: 'GET', url }),
  };
}

/** Total n and counters of a metric over all its windows. */
export async function counted(storage: ReturnType<typeof memoryStorage>, id: MetricId) {
  const states = await storage.states(registry.metrics[id].fingerprint, 0, 65_535);
  return states.map(({ window, state }) => ({ window, n: state.n, counts: [...state.counts] }));
}
