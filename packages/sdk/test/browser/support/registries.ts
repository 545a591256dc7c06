import { boolean, category, count, defineRegistry, quantity, text } from '@dither/sdk';
import { grr, oneBitMean, rappor, rr } from '@dither/sdk/mechanisms';
import { about, nearlyTrue } from '../../support/registry.js';

const app = 'org.example.notebook';
const crash = boolean({ ...about, mechanism: rr, epsilon: 0.25 });
const edits = count({ ...about, mechanism: oneBitMean, epsilon: 0.25, clamp: 100 });

/** The app of most tests: three answers a day, of which one can be read back. */
export const notebook = defineRegistry({
  app,
  gpc: 'explicit-grant',
  expectedClients: 1000,
  budget: { perWindow: 1000, lifetime: 100_000 },
  metrics: {
    crash: boolean({ ...about, ...nearlyTrue, mechanism: rr }),
    edits,
    longest: quantity({
      ...about,
      ...nearlyTrue,
      mechanism: grr,
      unit: 'pages',
      range: [0, 16],
      buckets: 16,
      aggregate: 'max',
    }),
  },
});

/** Its first version, which spends half an epsilon a day. */
export const first = defineRegistry({
  app,
  expectedClients: 1000,
  budget: { perWindow: 14, lifetime: 100 },
  metrics: { crash, edits },
});

/** A later one that asks more. */
export const dearer = defineRegistry({
  app,
  expectedClients: 1000,
  budget: { perWindow: 28, lifetime: 200 },
  metrics: {
    crash,
    edits: count({ ...about, mechanism: oneBitMean, epsilon: 0.5, clamp: 100 }),
    theme: category({ ...about, mechanism: grr, epsilon: 0.25, values: ['light', 'dark'] }),
  },
});

/** A later one that asks less. */
export const cheaper = defineRegistry({
  app,
  expectedClients: 1000,
  budget: { perWindow: 7, lifetime: 50 },
  metrics: { crash },
});

/** Another app, with an answer that is kept for a week. */
export const diary = defineRegistry({
  app: 'org.example.diary',
  expectedClients: 1000,
  metrics: {
    homepage: text({ ...about, mechanism: rappor, latch: { epsilonFirst: 0.25, epsilonInfinity: 1, epoch: 7 } }),
  },
});
