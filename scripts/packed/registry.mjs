import { boolean, category, count, defineRegistry, timing } from '@dither/sdk';
import { grr, oneBitMean, oue, rr } from '@dither/sdk/mechanisms';

const about = /** @type {const} */ ({
  description: 'What it is.',
  purpose: 'What it is for.',
  owner: 'tests',
  period: 7,
  epsilon: 0.5,
  expires: '2099-12-31',
});

export const registry = defineRegistry({
  app: 'org.example.packed',
  expectedClients: 10_000,
  metrics: {
    'dark-mode': boolean({ ...about, mechanism: rr }),
    os: category({ ...about, values: ['linux', 'macos', 'windows'], mechanism: grr }),
    saves: count({ ...about, clamp: 100, mechanism: oneBitMean }),
    start: timing({ ...about, range: [10, 60_000], buckets: 12, mechanism: oue }),
  },
});
