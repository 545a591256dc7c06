/**
 * What recording costs an app, and what closing a period of 50 metrics does, over memory storage: the SDK's own work.
 * Ratios are against setting a key of a Map, taken in the same run.
 */

import { secureSource } from '@dither/mechanisms';
import { boolean, category, count, createClient, defineRegistry, timing } from '@dither/sdk';
import { grr, oneBitMean, oue, rr } from '@dither/sdk/mechanisms';
import { fakeTime, memoryPlatform } from '@dither/sdk/testing';

const common = { description: 'd', purpose: 'p', owner: 'o', period: 7, epsilon: 0.1, expires: '2099-12-31' };
const kinds = [
  () => boolean({ ...common, mechanism: rr }),
  () => category({ ...common, values: ['a', 'b', 'c', 'd'], mechanism: grr }),
  () => count({ ...common, clamp: 100, mechanism: oneBitMean }),
  () => timing({ ...common, range: [10, 10_000], buckets: 20, mechanism: oue }),
];
const metrics = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`m${i}`, kinds[i % kinds.length]?.()]));
const registry = defineRegistry({
  app: 'bench',
  expectedClients: 1000,
  budget: { perWindow: 100, lifetime: 1e6 },
  metrics,
});
const VALUES = [undefined, 'c', 3, 812.5];
const DAY = 86_400_000;

/** One installation; each call is a new process of its app. */
const texts = new Map();
const source = secureSource(globalThis.crypto);
const send = () => Promise.reject(new Error('offline'));
/** @param {number} at */
async function start(at) {
  const time = fakeTime(at);
  const platform = memoryPlatform({ source, clock: time.clock, schedule: time.schedule, send, texts });
  const client = createClient({ registry, endpoint: 'memory://', platform });
  await client.ready;
  return client;
}

const first = Date.UTC(2026, 0, 1, 9);
const client = await start(first);
await client.consent.grant();

/**
 * @param {number} times
 * @param {(i: number) => void} work
 * @returns {number} nanoseconds each, the best of five
 */
function each(times, work) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const began = performance.now();
    for (let i = 0; i < times; i++) work(i);
    best = Math.min(best, ((performance.now() - began) * 1e6) / times);
  }
  return best;
}

const EVENTS = 200_000;
const map = new Map();
const ids = Object.keys(metrics);
const floor = each(EVENTS, (i) => map.set(ids[i % 50], i));
const names = ['boolean', 'category', 'count', 'timing'];
for (const [kind, name] of names.entries()) {
  const nanoseconds = each(EVENTS, () => client.record(`m${kind}`, VALUES[kind]));
  console.log(
    `record ${name.padEnd(9)} ${nanoseconds.toFixed(0).padStart(6)} ns  ${(nanoseconds / floor).toFixed(1)} x Map.set`,
  );
}

await client.stop();

const WEEKS = 300;
let milliseconds = 0;
for (let week = 1; week <= WEEKS; week++) {
  const began = performance.now();
  const run = await start(first + 7 * week * DAY);
  milliseconds += performance.now() - began;
  for (const [i, id] of ids.entries()) run.record(id, VALUES[i % 4]);
  await run.stop();
}
console.log(`start, with 50 metrics closed, randomized and queued: ${(milliseconds / WEEKS).toFixed(2)} ms`);
