import { boolean, category, count, createClient, defineRegistry, type Platform, text, timing } from '@dither/sdk';
import {
  dBitFlip,
  duchi,
  grr,
  lGrr,
  localHashing,
  oneBitMean,
  oneTimeRappor,
  rappor,
  rr,
  squareWave,
  tree,
} from '@dither/sdk/mechanisms';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import { expect, it } from 'vitest';
import { MORNING } from './support/installation.js';
import { look } from './support/look.js';
import { receiver } from './support/receiver.js';
import { about } from './support/registry.js';

const latch = { epsilonFirst: 1, epsilonInfinity: 3, epoch: 28 } as const;

const registry = defineRegistry({
  app: 'org.example.types',
  expectedClients: 10,
  budget: { perWindow: 1000 },
  metrics: {
    crash: boolean({ ...about, mechanism: rr }),
    clicks: count({ ...about, mechanism: oneBitMean, clamp: 5 }),
    theme: category({ ...about, mechanism: grr, values: ['light', 'dark'] }),
    paint: timing({ ...about, mechanism: grr, range: [1, 1000], buckets: 8 }),
    wait: timing({ ...about, mechanism: tree, range: [1, 1000], buckets: 64 }),
    load: timing({ ...about, mechanism: squareWave, range: [1, 1000], buckets: 64 }),
    signature: text({ ...about, mechanism: oneTimeRappor }),
    homepage: text({ ...about, mechanism: rappor, latch }),
    engine: category({ ...about, mechanism: lGrr, latch, values: ['a', 'b'] }),
    disk: timing({
      ...about,
      mechanism: dBitFlip,
      latch: { ...latch, epsilonInfinity: 1 },
      range: [1, 1000],
      buckets: 64,
    }),
    locale: category({ ...about, mechanism: localHashing, values: ['de', 'en'] }),
    saves: count({ ...about, mechanism: duchi, clamp: 5 }),
  },
});

const start = (platform: Platform) => createClient({ registry, endpoint: 'memory://server', platform });

/** Compiled, and run: what the compiler refuses is counted at run time, and never throws. */
function misuse(client: ReturnType<typeof start>): void {
  client.record('crash');
  client.record('crash', true);
  client.record('clicks');
  client.record('clicks', 3);
  client.record('theme', 'dark');
  client.record('paint', 12.5);
  client.time('paint')();
  client.record('wait', 12.5);
  client.time('load')();
  client.record('signature', 'TypeError at main.js:3');
  client.record('homepage', 'example.org');
  client.record('engine', 'b');
  client.record('disk', 200);
  client.record('locale', 'en');
  client.record('saves');

  // @ts-expect-error no such metric
  client.record('crashes');
  // @ts-expect-error a boolean happened, or is not recorded
  client.record('crash', false);
  // @ts-expect-error a boolean is not a number
  client.record('crash', 1);
  // @ts-expect-error a count is a number
  client.record('clicks', '3');
  // @ts-expect-error not in the list
  client.record('theme', 'Dark');
  // @ts-expect-error a category needs its value
  client.record('theme');
  // @ts-expect-error a timing needs its value
  client.record('paint');
  // @ts-expect-error a timing is a number
  client.record('paint', 'slow');
  // @ts-expect-error a text is a string
  client.record('homepage', 7);
  // @ts-expect-error not in the list, though it is latched
  client.record('engine', 'c');
  // @ts-expect-error a text needs its value
  client.record('signature');
  // @ts-expect-error only timings have a stopwatch
  client.time('clicks')();
  // @ts-expect-error no such metric
  client.time('painting')();
}

it('a wrong metric, kind or category value is a compile error, and a counted drop where nobody compiles', async () => {
  const time = fakeTime(MORNING);
  const platform = testPlatform({ seed: 'types', time, send: receiver().send(time) });
  const client = start(platform);
  await client.consent.grant();
  misuse(client);
  // A stopwatch on a count records the milliseconds: clamped, not refused.
  expect((await look(client)).drops).toEqual({ 'unknown-metric': 2, 'invalid-value': 10 });
});

it('a declaration that does not fit its kind is a compile error', () => {
  const wrong = (): unknown => [
    // @ts-expect-error a category lists its values
    category({ ...about, mechanism: grr }),
    // @ts-expect-error a count has a clamp
    count({ ...about, mechanism: oneBitMean }),
    // @ts-expect-error a period is 1, 7 or 28 days
    boolean({ ...about, mechanism: rr, period: 2 }),
    // @ts-expect-error a timing cannot be summed
    timing({ ...about, mechanism: grr, range: [1, 9], buckets: 4, aggregate: 'sum' }),
    // @ts-expect-error this mechanism has two stages, and an epsilon for each
    text({ ...about, mechanism: rappor, epsilon: 1 }),
    // @ts-expect-error this one is no mechanism for texts
    text({ ...about, mechanism: rr }),
    // @ts-expect-error two stages need a latch
    category({ ...about, mechanism: lGrr, values: ['a', 'b'] }),
    // @ts-expect-error which has the epsilons
    category({ ...about, mechanism: lGrr, latch, epsilon: 1, values: ['a', 'b'] }),
    // @ts-expect-error one stage has none
    category({ ...about, mechanism: grr, latch, values: ['a', 'b'] }),
    // @ts-expect-error one that is latched does not answer for what happens
    boolean({ ...about, mechanism: lGrr, latch }),
    // @ts-expect-error nor are these for numbers
    timing({ ...about, mechanism: rappor, range: [1, 9], buckets: 4 }),
    // @ts-expect-error a metric says what it is for
    boolean({ description: 'x', owner: 'y', period: 1, expires: '2099-01-01', mechanism: rr }),
  ];
  expect(wrong).toThrow();
});
