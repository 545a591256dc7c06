import { defineRegistry, timing } from '@dither/sdk';
import { squareWave, tree } from '@dither/sdk/mechanisms';
import { monthly } from './policy.js';

/**
 * One timing, asked for twice, by each of the two mechanisms that answer with percentiles. Buckets of equal ratio: a
 * second more matters to those who waited one, not to those who waited ten.
 */
export function lcpRegistry(expectedClients: number) {
  const paint = {
    ...monthly,
    description: 'How long it took until the largest part of one random page was painted.',
    purpose: 'See whether the site got slower.',
    range: [100, 10_000],
    buckets: 64,
  } as const;
  return defineRegistry({
    app: 'org.example.site',
    expectedClients,
    metrics: {
      'paint-by-square-wave': timing({ ...paint, mechanism: squareWave }),
      'paint-by-tree': timing({ ...paint, mechanism: tree }),
    },
  });
}
