import { boolean, createClient, defineRegistry } from '@dither/sdk';
import { rr } from '@dither/sdk/mechanisms';

/**
 * The smallest real app: one yes or no. The platform is the app's.
 *
 * @param {import('@dither/sdk').Platform} platform
 */
export function start(platform) {
  const registry = defineRegistry({
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
  const client = createClient({ registry, endpoint: 'https://telemetry.example.org', platform });
  client.record('dark-mode');
  return client;
}
