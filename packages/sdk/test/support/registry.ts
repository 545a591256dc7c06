import { boolean, category, count, defineRegistry, quantity, timing } from '@dither/sdk';
import { grr, oneBitMean, rr, sue } from '@dither/sdk/mechanisms';

/** What every metric of the tests says about itself. */
export const about = {
  description: 'A metric of the tests.',
  purpose: 'To be tested.',
  owner: 'tests@example.org',
  period: 1,
  expires: '2099-12-31',
} as const;

/** With epsilon 10 a report is the truth 22,025 times in 22,026: tests can read it back. */
export const nearlyTrue = { epsilon: 10, reason: 'The tests read the value back.' } as const;

const roomy = { perWindow: 10_000, lifetime: 1_000_000 } as const;

/** One metric of each kind and aggregate, all daily. */
export const everyAggregate = defineRegistry({
  app: 'org.example.aggregates',
  expectedClients: 1000,
  budget: roomy,
  metrics: {
    crash: boolean({ ...about, mechanism: rr }),
    clicks: count({ ...about, mechanism: oneBitMean, clamp: 50 }),
    theme: category({ ...about, mechanism: grr, values: ['light', 'dark', 'system'] }),
    pick: category({ ...about, mechanism: grr, values: ['a', 'b', 'c'], aggregate: 'random' }),
    'first-paint': timing({ ...about, mechanism: grr, range: [1, 10_000], buckets: 16, aggregate: 'first' }),
    'last-paint': timing({ ...about, mechanism: grr, range: [1, 10_000], buckets: 16, aggregate: 'last' }),
    slowest: timing({ ...about, mechanism: sue, range: [1, 10_000], buckets: 16, aggregate: 'max' }),
    memory: quantity({ ...about, mechanism: grr, unit: 'MB', range: [0, 100], buckets: 10 }),
  },
});

/** Two metrics of a quarter per day that fill their budget of 14 per 28 days to the last millionth. */
export const twoDaily = defineRegistry({
  app: 'org.example.two',
  gpc: 'explicit-grant',
  expectedClients: 1000,
  budget: { perWindow: 14, lifetime: 100 },
  metrics: {
    crash: boolean({ ...about, mechanism: rr, epsilon: 0.25 }),
    clicks: count({ ...about, mechanism: oneBitMean, epsilon: 0.25, clamp: 20 }),
  },
});

/** One nearly truthful yes or no a day. */
export const crashOnly = defineRegistry({
  app: 'org.example.crash',
  expectedClients: 1000,
  budget: roomy,
  metrics: { crash: boolean({ ...about, ...nearlyTrue, mechanism: rr }) },
});

/** Ten metrics of which each installation reports a part. */
export const sampled = defineRegistry({
  app: 'org.example.sampled',
  expectedClients: 1000,
  participation: 'sampled',
  metrics: {
    ...Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [`weekly-${i}`, boolean({ ...about, period: 7, mechanism: rr })]),
    ),
    ...Object.fromEntries(
      Array.from({ length: 4 }, (_, i) => [`monthly-${i}`, boolean({ ...about, period: 28, mechanism: rr })]),
    ),
  },
});
