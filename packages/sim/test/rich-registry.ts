import * as oneTimeRappor from '@dither/mechanisms/one-time-rappor';
import * as rappor from '@dither/mechanisms/rappor';
import * as rr from '@dither/mechanisms/rr';
import * as squareWave from '@dither/mechanisms/square-wave';
import * as tree from '@dither/mechanisms/tree';
import { boolean, defineRegistry, type MetricOptions, quantity, type Registry, text, timing } from '@dither/protocol';
import { declaredPopulation, type Population } from '@dither/sim';

const about: Omit<MetricOptions, 'epsilon'> = {
  description: 'Something',
  purpose: 'To test',
  owner: 'tests@example.org',
  period: 28,
  expires: '2099-12-31',
};

/** Texts, with one stage and with two, and numbers that are asked for quantiles. */
export const rich: Registry = defineRegistry({
  app: 'org.example.rich',
  expectedClients: 5000,
  budget: { perWindow: 30 },
  metrics: {
    crash: text({ ...about, epsilon: 4, maxLength: 12, mechanism: oneTimeRappor.client }),
    home: text({
      ...about,
      latch: { epsilonFirst: 4, epsilonInfinity: 6, epoch: 56 },
      reason: 'To be seen in a test',
      mechanism: rappor.client,
    }),
    load: timing({ ...about, range: [10, 10_000], buckets: 16, epsilon: 2, mechanism: tree.client }),
    memory: quantity({
      ...about,
      unit: 'MiB',
      range: [0, 800],
      buckets: 16,
      epsilon: 2,
      mechanism: squareWave.client,
    }),
    used: boolean({ ...about, mechanism: rr.client }),
  },
});

const rest = {
  crash: { zipf: 1 },
  home: { zipf: 1 },
  load: { uniform: {} },
  memory: { uniform: {} },
  used: { uniform: {} },
};

/** What stands under `metrics` of a population file, with something for each metric that is not named. */
export function richPopulation(
  metrics: Record<string, unknown>,
  files: Record<string, readonly string[]> = {},
): Population {
  const refuse = (path: readonly (string | number)[], expected: string): never => {
    throw new Error(`${path.join('.')} ${expected}`);
  };
  return declaredPopulation('test', { metrics: { ...rest, ...metrics } }, rich, refuse, {
    texts: (file) => files[file],
    weights: () => undefined,
  });
}
