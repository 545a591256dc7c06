import { boolean, category, count, createClient, defineRegistry, quantity, text, timing } from '@dither/sdk';
import * as mechanisms from '@dither/sdk/mechanisms';

const { grr, oneBitMean, oneTimeRappor, oue, rappor, rr, squareWave, sue, tree } = mechanisms;
const about = /** @type {const} */ ({
  description: 'What it is.',
  purpose: 'What it is for.',
  owner: 'ui',
  period: 28,
  expires: '2029-12-31',
});

/**
 * An app with a metric of every kind, and with every mechanism there is. The platform is the app's.
 *
 * @param {import('@dither/sdk').Platform} platform
 */
export function start(platform) {
  const registry = defineRegistry({
    app: 'org.example.large',
    participation: 'sampled',
    expectedClients: 10_000,
    metrics: {
      'dark-mode': boolean({ ...about, mechanism: rr }),
      os: category({ ...about, values: ['linux', 'macos', 'windows'], mechanism: grr }),
      tabs: count({ ...about, clamp: 100, mechanism: oneBitMean }),
      'page-load': timing({ ...about, range: [10, 60_000], buckets: 32, mechanism: oue }),
      memory: quantity({ ...about, unit: 'GB', range: [0, 64], buckets: 16, mechanism: sue }),
      'input-delay': timing({ ...about, range: [1, 1000], buckets: 64, mechanism: squareWave }),
      'first-paint': timing({ ...about, range: [10, 60_000], buckets: 64, mechanism: tree }),
      'crash-signature': text({ ...about, mechanism: oneTimeRappor }),
      homepage: text({
        ...about,
        mechanism: rappor,
        latch: { epsilonFirst: 0.5, epsilonInfinity: 2, epoch: 56 },
      }),
    },
  });
  const client = createClient({ registry, endpoint: 'https://telemetry.example.org', platform });
  client.record('dark-mode');
  client.record('os', 'linux');
  client.time('page-load')();
  // All of them, those of later releases too.
  return { client, mechanisms };
}
