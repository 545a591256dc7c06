import { boolean, category, count, defineRegistry, quantity, text, timing } from '@dither/sdk';
import { localHashing, oneBitMean, oneTimeRappor, rappor, rr, squareWave, tree } from '@dither/sdk/mechanisms';

const about = /** @type {const} */ ({
  description: 'What it is.',
  purpose: 'What it is for.',
  owner: 'ui',
  period: 28,
  expires: '2029-12-31',
});

/** An app with a metric of every kind, among them a latched one and one with public draws, more than fit the budget. */
export const registry = defineRegistry({
  app: 'org.example.large',
  participation: 'sampled',
  expectedClients: 10_000,
  budget: { perWindow: 4 },
  metrics: {
    'dark-mode': boolean({ ...about, mechanism: rr }),
    country: category({ ...about, values: ['de', 'fr', 'it', 'pl'], mechanism: localHashing }),
    tabs: count({ ...about, clamp: 100, mechanism: oneBitMean }),
    'page-load': timing({ ...about, range: [10, 60_000], buckets: 16, mechanism: squareWave }),
    memory: quantity({ ...about, unit: 'GB', range: [0, 64], buckets: 16, aggregate: 'max', mechanism: tree }),
    'crash-signature': text({ ...about, mechanism: oneTimeRappor }),
    homepage: text({ ...about, mechanism: rappor, latch: { epsilonFirst: 0.5, epsilonInfinity: 2, epoch: 56 } }),
  },
});
