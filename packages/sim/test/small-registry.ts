import * as grr from '@dither/mechanisms/grr';
import * as oneBitMean from '@dither/mechanisms/one-bit-mean';
import * as oue from '@dither/mechanisms/oue';
import * as rr from '@dither/mechanisms/rr';
import * as sue from '@dither/mechanisms/sue';
import {
  boolean,
  category,
  count,
  defineRegistry,
  type MetricOptions,
  quantity,
  type Registry,
  timing,
} from '@dither/protocol';

const about: MetricOptions = {
  description: 'Something',
  purpose: 'To test',
  owner: 'tests@example.org',
  period: 28,
  expires: '2099-12-31',
};

const metrics = {
  colour: category({ ...about, values: ['red', 'green', 'blue'], mechanism: grr.client }),
  load: timing({ ...about, range: [10, 1000], buckets: 4, mechanism: oue.client }),
  memory: quantity({
    ...about,
    unit: 'MiB',
    range: [0, 100],
    buckets: 5,
    aggregate: 'max',
    epsilon: 2,
    mechanism: sue.client,
  }),
  opened: count({ ...about, clamp: 10, mechanism: oneBitMean.client }),
  used: boolean({ ...about, mechanism: rr.client }),
};

/** One metric of each kind that asks for shares or a mean, each mechanism once. */
export const small: Registry = defineRegistry({ app: 'org.example.small', expectedClients: 500, metrics });

/** The same metrics under half the budget: installations draw which ones they report. */
export const sampled: Registry = defineRegistry({
  app: 'org.example.small',
  expectedClients: 500,
  participation: 'sampled',
  budget: { perWindow: 3 },
  metrics,
});
