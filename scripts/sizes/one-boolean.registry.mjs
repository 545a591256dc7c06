import { boolean, defineRegistry } from '@dither/sdk';
import { rr } from '@dither/sdk/mechanisms';

/** The smallest real app: one yes or no. */
export const registry = defineRegistry({
  app: 'org.example.small',
  expectedClients: 10_000,
  metrics: {
    'dark-mode': boolean({
      description: 'Whether the dark theme is on.',
      purpose: 'Decide which theme to polish first.',
      owner: 'ui',
      period: 7,
      expires: '2029-12-31',
      mechanism: rr,
    }),
  },
});
