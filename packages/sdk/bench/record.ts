/**
 * What recording costs an app, and what closing a period of 50 metrics does, over memory storage: the SDK's own work.
 * Ratios are against setting a key of a Map, taken in the same run.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { secureSource } from '@dither/mechanisms';
import type { Declarations } from '@dither/protocol';
import { boolean, category, count, createClient, defineRegistry, timing } from '@dither/sdk';
import { grr, oneBitMean, oue, rr } from '@dither/sdk/mechanisms';
import { fakeTime, memoryPlatform } from '@dither/sdk/testing';

const common = { description: 'd', purpose: 'p', owner: 'o', period: 7, epsilon: 0.1, expires: '2099-12-31' } as const;
const kinds: readonly (readonly [name: string, value: unknown, declare: () => Declarations[string]])[] = [
  ['boolean', undefined, () => boolean({ ...common, mechanism: rr })],
  ['category', 'c', () => category({ ...common, values: ['a', 'b', 'c', 'd'], mechanism: grr })],
  ['count', 3, () => count({ ...common, clamp: 100, mechanism: oneBitMean })],
  ['timing', 812.5, () => timing({ ...common, range: [10, 10_000], buckets: 20, mechanism: oue })],
];
const all = Array.from({ length: 50 }, (_, i) => ({ id: `m${i}`, kind: kinds[i % 4] as (typeof kinds)[number] }));
const metrics: Declarations = Object.fromEntries(all.map(({ id, kind: [, , declare] }) => [id, declare()]));
const registry = defineRegistry({
  app: 'bench',
  expectedClients: 1000,
  budget: { perWindow: 100, lifetime: 1e6 },
  metrics,
});
const DAY = 86_400_000;

/** One installation; each call is a new process of its app. */
const texts = new Map<string, string>();
const source = secureSource(globalThis.crypto);
const send = () => Promise.reject(new Error('offline'));
async function start(at: number) {
  const time = fakeTime(at);
  const platform = memoryPlatform({ source, clock: time.clock, schedule: time.schedule, send, texts });
  const client = createClient({ registry, endpoint: 'memory://bench', platform });
  await client.ready;
  return client;
}

const first = Date.UTC(2026, 0, 1, 9);
const client = await start(first);
await client.consent.grant();

/** Nanoseconds each, the best of five. */
function each(times: number, work: (i: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const began = performance.now();
    for (let i = 0; i < times; i++) work(i);
    best = Math.min(best, ((performance.now() - began) * 1e6) / times);
  }
  return best;
}

const EVENTS = 200_000;
const map = new Map<string, number>();
const floor = each(EVENTS, (i) => map.set(`m${i % 50}`, i));
for (const { id, kind } of all.slice(0, kinds.length)) {
  const [name, value] = kind;
  const nanoseconds = each(EVENTS, () => client.record(id, value));
  const ratio = (nanoseconds / floor).toFixed(1);
  console.log(`record ${name.padEnd(9)} ${nanoseconds.toFixed(0).padStart(6)} ns  ${ratio} x Map.set`);
}

await client.stop();

const WEEKS = 300;
let milliseconds = 0;
for (let week = 1; week <= WEEKS; week++) {
  const began = performance.now();
  const run = await start(first + 7 * week * DAY);
  milliseconds += performance.now() - began;
  for (const { id, kind } of all) run.record(id, kind[1]);
  await run.stop();
}
console.log(`start, with 50 metrics closed, randomized and queued: ${(milliseconds / WEEKS).toFixed(2)} ms`);

/** Bytes in use after a full collection. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const idle = heap();
const running = await start(first + 7 * (WEEKS + 1) * DAY);
const started = heap();
for (let i = 0; i < 1_000_000; i++) running.record(all[i % 50]?.id ?? '', all[i % 50]?.kind[1]);
const recorded = heap();
console.log(
  `memory: ${((started - idle) / 1024).toFixed(0)} KiB for a client of 50 metrics; ${((recorded - started) / 1024).toFixed(0)} KiB more after a million events`,
);
await running.stop();
