import * as grr from '@dither/mechanisms/grr';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as oneBitMean from '@dither/mechanisms/one-bit-mean';
import * as oneTimeRappor from '@dither/mechanisms/one-time-rappor';
import * as rappor from '@dither/mechanisms/rappor';
import * as rr from '@dither/mechanisms/rr';
import { boolean, category, count, defineRegistry, quantity, text, timing } from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import { about } from './declare.js';

const latch = { epsilonFirst: 0.5, epsilonInfinity: 1, epoch: 56 } as const;

/** The compiler checks this file: an error that is no longer one fails the build. */
const registry = defineRegistry({
  app: 'org.example.types',
  expectedClients: 1000,
  metrics: {
    crashed: boolean({ ...about, mechanism: rr.client }),
    theme: category({ ...about, values: ['light', 'dark'], mechanism: grr.client }),
    clicks: count({ ...about, clamp: 10, mechanism: oneBitMean.client }),
    load: timing({ ...about, range: [1, 1000], buckets: 10, mechanism: grr.client }),
    memory: quantity({ ...about, unit: 'MiB', range: [0, 100], buckets: 10, mechanism: grr.client }),
    homepage: text({ ...about, mechanism: oneTimeRappor.client }),
    engine: category({ ...about, values: ['a', 'b'], mechanism: lGrr.client, latch }),
  },
});

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Metrics = typeof registry.metrics;
type Input<Id extends keyof Metrics> = Parameters<Metrics[Id]['encode']>[0];

const inputs: {
  ids: Equal<keyof Metrics, 'crashed' | 'theme' | 'clicks' | 'load' | 'memory' | 'homepage' | 'engine'>;
  crashed: Equal<Input<'crashed'>, true | undefined>;
  theme: Equal<Input<'theme'>, 'light' | 'dark'>;
  clicks: Equal<Input<'clicks'>, number | undefined>;
  load: Equal<Input<'load'>, number>;
  memory: Equal<Input<'memory'>, number>;
  homepage: Equal<Input<'homepage'>, string>;
  engine: Equal<Input<'engine'>, 'a' | 'b'>;
} = { ids: true, crashed: true, theme: true, clicks: true, load: true, memory: true, homepage: true, engine: true };

describe('the types of a registry', () => {
  it('know each metric and what it takes', () => {
    expect(Object.keys(inputs).length - 1).toBe(Object.keys(registry.metrics).length);
  });

  it('refuse what run time would drop', () => {
    // @ts-expect-error not one of the listed values
    expect(registry.metrics.theme.encode('blue')).toBeUndefined();
    // @ts-expect-error a number is not a category
    expect(registry.metrics.theme.encode(1)).toBeUndefined();
    // @ts-expect-error a yes is all that is recorded; no event means no
    expect(registry.metrics.crashed.encode(false)).toBeUndefined();
    // @ts-expect-error a count takes a number
    expect(registry.metrics.clicks.encode('1')).toBeUndefined();
    // @ts-expect-error a timing takes a number
    expect(registry.metrics.load.encode('12')).toBeUndefined();
    // @ts-expect-error no such metric
    expect(registry.metrics.them).toBeUndefined();
  });

  it('refuse declarations that cannot be', () => {
    const declarations = [
      // @ts-expect-error a period is 1, 7 or 28 days
      () => boolean({ ...about, period: 14, mechanism: rr.client }),
      // @ts-expect-error two stages need a latch
      () => text({ ...about, mechanism: rappor.client }),
      // @ts-expect-error nor has a list an epsilon of its own beside a latch
      () => category({ ...about, values: ['a'], mechanism: lGrr.client, latch, epsilon: 1 }),
      // @ts-expect-error and one stage has no latch
      () => timing({ ...about, range: [1, 9], buckets: 2, mechanism: grr.client, latch }),
      // @ts-expect-error a yes or no is not latched
      () => boolean({ ...about, mechanism: lGrr.client, latch }),
      // @ts-expect-error the sum is what a count is
      () => count({ ...about, clamp: 3, aggregate: 'max', mechanism: oneBitMean.client }),
      // @ts-expect-error a quantity has a unit
      () => quantity({ ...about, range: [0, 1], buckets: 2, mechanism: grr.client }),
      // @ts-expect-error a mechanism is a value, so that the app bundles only what it names
      () => boolean({ ...about, mechanism: 'rr' }),
      // @ts-expect-error who answers for it is not optional
      () => boolean({ description: 'd', purpose: 'p', period: 28, expires: '2030-12-31', mechanism: rr.client }),
    ];
    expect(declarations).toHaveLength(9);
  });
});
