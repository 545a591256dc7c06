import { boolean, category, count, defineRegistry, text } from '@dither/sdk';
import { OPERATING_SYSTEMS } from '@dither/sdk/collectors/system';
import { grr, oneBitMean, oneTimeRappor, rr } from '@dither/sdk/mechanisms';

const about = { purpose: 'Decide what to mend first.', owner: 'todo@example.org', expires: '2029-12-31' } as const;

/** Seven reports in 28 days, epsilon 1 each. A command-line tool need not count bytes: it ships the declaration itself. */
export const registry = defineRegistry({
  app: 'org.example.todo',
  expectedClients: 5000,
  metrics: {
    crash: boolean({ ...about, description: 'Whether a command crashed.', period: 7, mechanism: rr }),
    'crash-signature': text({ ...about, description: 'Where it crashed.', period: 28, mechanism: oneTimeRappor }),
    added: count({ ...about, description: 'How much you wanted to do.', period: 28, mechanism: oneBitMean, clamp: 50 }),
    os: category({
      ...about,
      description: 'Your operating system.',
      period: 28,
      mechanism: grr,
      values: OPERATING_SYSTEMS,
    }),
  },
});
