import { defineRegistry, timing } from '@dither/sdk';
import { oue } from '@dither/sdk/mechanisms';
import { monthly } from './policy.js';

/**
 * One timing. The published cells are 100 ms wide: twelve buckets of equal ratio are the most for which each holds
 * at least one of them; with finer ones the low end would be a comb of full and empty buckets.
 */
export function lcpRegistry(expectedClients: number) {
  return defineRegistry({
    app: 'org.example.site',
    expectedClients,
    metrics: {
      'largest-contentful-paint': timing({
        ...monthly,
        description: 'How long it took until the largest part of one random page was painted.',
        purpose: 'See whether the site got slower.',
        range: [100, 10_000],
        buckets: 12,
        mechanism: oue, // 13 values with "none": above 3 e + 2 = 10.2
      }),
    },
  });
}
