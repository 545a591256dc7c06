import { boolean, category, count, defineRegistry, timing } from '@dither/sdk';
import { grr, oneBitMean, rr } from '@dither/sdk/mechanisms';

const about = { purpose: 'Decide what to build next.', owner: 'timer@example.org', expires: '2029-12-31' } as const;

/** Seven reports in 28 days, epsilon 1 each. After a change run `pnpm registry`. */
export const registry = defineRegistry({
  app: 'org.example.timer',
  expectedClients: 20_000,
  // Its consent banner tells people who sent the signal that this would be an exception.
  gpc: 'explicit-grant',
  metrics: {
    crash: boolean({ ...about, description: 'Whether the app crashed.', period: 7, mechanism: rr }),
    laps: count({ ...about, description: 'How many laps you took.', period: 28, mechanism: oneBitMean, clamp: 100 }),
    run: timing({
      ...about,
      description: 'How long you let the timer run.',
      period: 28,
      mechanism: grr,
      range: [1000, 3_600_000],
      buckets: 12,
    }),
    display: category({
      ...about,
      description: 'How you have the time shown.',
      period: 28,
      mechanism: grr,
      values: ['seconds', 'minutes'],
    }),
  },
});
