import { boolean, category, count, defineRegistry, quantity, text, timing } from '@dither/sdk';
import { BROWSERS, LANGUAGES, OPERATING_SYSTEMS } from '@dither/sdk/collectors/system';
import { grr, oneBitMean, oneTimeRappor, rr } from '@dither/sdk/mechanisms';
import { about } from '../support/registry.js';

const shares = { ...about, mechanism: grr } as const;
const milliseconds = { ...shares, range: [1, 60_000], buckets: 16 } as const;

/** Metrics for all that the collectors can collect. */
export const collected = defineRegistry({
  app: 'org.example.collected',
  expectedClients: 1000,
  budget: { perWindow: 10_000, lifetime: 1_000_000 },
  metrics: {
    crash: boolean({ ...about, mechanism: rr }),
    crashes: count({ ...about, mechanism: oneBitMean, clamp: 20 }),
    signature: text({ ...about, mechanism: oneTimeRappor }),
    lcp: timing(milliseconds),
    inp: timing(milliseconds),
    fcp: timing(milliseconds),
    ttfb: timing(milliseconds),
    read: timing(milliseconds),
    load: timing(milliseconds),
    blocked: timing(milliseconds),
    cls: quantity({ ...shares, unit: 'score', range: [0, 1], buckets: 10 }),
    memory: quantity({ ...shares, unit: 'MB', range: [0, 4000], buckets: 20 }),
    cores: quantity({ ...shares, unit: 'cores', range: [1, 33], buckets: 8 }),
    'device-memory': quantity({ ...shares, unit: 'GiB', range: [0, 33], buckets: 8 }),
    os: category({ ...shares, values: OPERATING_SYSTEMS }),
    browser: category({ ...shares, values: BROWSERS }),
    language: category({ ...shares, values: LANGUAGES }),
    theme: category({ ...shares, values: ['light', 'dark'] }),
    speakers: category({ ...shares, values: ['english', 'other'] }),
    mobile: boolean({ ...about, mechanism: rr }),
    dark: boolean({ ...about, mechanism: rr }),
    still: boolean({ ...about, mechanism: rr }),
    'export-pdf': boolean({ ...about, mechanism: rr }),
    searches: count({ ...about, mechanism: oneBitMean, clamp: 20 }),
  },
});
