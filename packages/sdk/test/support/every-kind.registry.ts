import { boolean, category, count, defineRegistry, quantity, text, timing } from '@dither/sdk';
import { grr, oneBitMean, oneTimeRappor, oue, rappor, rr, squareWave, sue, tree } from '@dither/sdk/mechanisms';

/** Every kind and aggregate, of each installation all of it: a day's reports, a week's, and a latched text. */
const about = {
  description: 'A metric of the tests.',
  purpose: 'To be tested.',
  owner: 'tests@example.org',
  period: 1,
  expires: '2099-12-31',
} as const;

const times = { range: [1, 10_000], buckets: 16 } as const;

export const registry = defineRegistry({
  app: 'org.example.kinds',
  expectedClients: 1000,
  budget: { perWindow: 10_000, lifetime: 1_000_000 },
  metrics: {
    crash: boolean({ ...about, mechanism: rr }),
    clicks: count({ ...about, mechanism: oneBitMean, clamp: 50 }),
    theme: category({ ...about, mechanism: grr, values: ['light', 'dark', 'Español'] }),
    pick: category({ ...about, period: 7, mechanism: sue, values: ['a', 'b', "it's"], aggregate: 'random' }),
    'first-paint': timing({ ...about, ...times, mechanism: oue, aggregate: 'first' }),
    'last-paint': timing({ ...about, ...times, mechanism: tree, aggregate: 'last' }),
    slowest: timing({ ...about, ...times, period: 7, mechanism: squareWave, aggregate: 'max' }),
    memory: quantity({ ...about, mechanism: grr, unit: 'MB', range: [0, 100], buckets: 10 }),
    signature: text({ ...about, mechanism: oneTimeRappor, maxLength: 60 }),
    homepage: text({ ...about, mechanism: rappor, latch: { epsilonFirst: 0.1, epsilonInfinity: 1, epoch: 14 } }),
  },
});
