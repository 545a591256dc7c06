import { boolean, category, count, defineRegistry, quantity, timing } from '@dither/sdk';
import { OPERATING_SYSTEMS } from '@dither/sdk/collectors/system';
import { grr, oneBitMean, rr } from '@dither/sdk/mechanisms';

const about = {
  purpose: 'Decide what to mend first.',
  owner: 'notes@example.org',
  period: 28,
  expires: '2029-12-31',
} as const;
const speed = { ...about, mechanism: grr, range: [50, 30_000], buckets: 12 } as const;

/** Seven reports in 28 days, epsilon 1 each. After a change run `pnpm registry`. */
export const registry = defineRegistry({
  app: 'org.example.notes',
  expectedClients: 20_000,
  // Its consent banner tells people who sent the signal that this would be an exception.
  gpc: 'explicit-grant',
  metrics: {
    load: timing({ ...speed, description: 'How long the page took to load.' }),
    lcp: timing({ ...speed, description: 'How long until the largest part of the page was there.' }),
    cls: quantity({
      ...about,
      description: 'How far the page jumped about while it loaded.',
      mechanism: grr,
      unit: 'score',
      range: [0, 0.5],
      buckets: 10,
    }),
    crash: boolean({ ...about, description: 'Whether the app crashed.', mechanism: rr }),
    export: boolean({ ...about, description: 'Whether you exported your notes.', mechanism: rr }),
    edits: count({ ...about, description: 'How often you changed your notes.', mechanism: oneBitMean, clamp: 200 }),
    os: category({ ...about, description: 'Your operating system.', mechanism: grr, values: OPERATING_SYSTEMS }),
  },
});
