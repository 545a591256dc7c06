import * as grr from '@dither/mechanisms/grr';
import * as rr from '@dither/mechanisms/rr';
import * as subsetSelection from '@dither/mechanisms/subset-selection';
import { boolean, category, defineRegistry } from '@dither/protocol';
import { about } from '../declare.js';

export const DAY = 20_778;
export const NONCE = Uint8Array.from({ length: 16 }, (_, i) => i);

/** More than eight metrics: a bitmap of two bytes. */
export const wide = defineRegistry({
  app: 'org.example.wide',
  participation: 'sampled',
  expectedClients: 1000,
  metrics: Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`feature-${i}`, boolean({ ...about, period: 7, mechanism: rr.client })]),
  ),
});

/** Reports that may be malformed: a subset of 3 of 11 values (2 bytes, 5 unused bits), a bit, a symbol of 3. */
export const strict = defineRegistry({
  app: 'org.example.strict',
  budget: { perWindow: 36, lifetime: 468 },
  participation: 'sampled',
  expectedClients: 1000,
  metrics: {
    language: category({
      ...about,
      period: 7,
      values: Array.from({ length: 10 }, (_, i) => `language-${i}`),
      mechanism: subsetSelection.client,
    }),
    mode: boolean({ ...about, period: 1, mechanism: rr.client }),
    theme: category({ ...about, period: 7, values: ['light', 'dark'], mechanism: grr.client }),
  },
});
