import {
  chargePerWindow,
  type Declarations,
  defineRegistry as declare,
  drawParticipation,
  type Metric,
  type Registry,
  type RegistryOptions,
  splitReports,
} from '@dither/protocol';
import { any, type Combine, first, last, max, random, sum } from './combine.js';
import { onceAWindow } from './drawing.js';
import { latching } from './latching.js';
import { publicDraw } from './public-draw.js';
import { type AnyDeviceMetric, byId, type DeviceRegistry } from './registry.js';

const combiners: { readonly [aggregate in Metric['aggregate']]: Combine } = { any, sum, first, last, max, random };

/** A registry that a client takes, and that the tools of `@dither/protocol` read as well. */
export type DeclaredRegistry<D extends Declarations = Declarations> = Registry<D> & DeviceRegistry<D>;

/**
 * Declares what an app measures. Everything is resolved and validated here, once, when the module is loaded. An app that
 * ships to browsers bundles what `dither-registry resolve` made of this module instead: it is the same to `createClient`,
 * and smaller by all that is needed to validate and resolve.
 *
 * @throws RegistryError, saying what to change
 * @example
 * const registry = defineRegistry({
 *   app: 'org.example.browser',
 *   expectedClients: 100_000,
 *   metrics: { 'dark-mode': boolean({ ..., mechanism: rr }) },
 * });
 */
export function defineRegistry<const D extends Declarations>(options: RegistryOptions<D>): DeclaredRegistry<D> {
  return deviceRegistry(declare(options));
}

/** The same from a registry that was read from JSON. */
export function deviceRegistry<D extends Declarations>(registry: Registry<D>): DeclaredRegistry<D> {
  const { windowDays } = registry.budget;
  const wire = registry.wire.map((metric): Metric & AnyDeviceMetric =>
    Object.freeze({
      ...metric,
      charge: chargePerWindow(metric, windowDays),
      combine: combiners[metric.aggregate],
      randomizer: metric.client,
    }),
  );
  const { participation, classes } = registry;
  return Object.freeze({
    ...registry,
    wire,
    byId: byId(wire),
    draw:
      participation === 'sampled' ? onceAWindow((source) => drawParticipation(classes, windowDays, source)) : undefined,
    latching,
    publicDraw,
    splitReports,
  } satisfies DeclaredRegistry<D>);
}
