import type { Params } from '@dither/mechanisms';
import { type AnyClient, type DrawnClass, drawMetrics } from '@dither/protocol';
import { type DrawMetrics, onceAWindow } from './drawing.js';
import { byId, type DeviceMetric, type DeviceRegistry } from './registry.js';

/**
 * What a module imports that `dither-registry resolve` wrote: of each feature the part that its metrics use, so that an
 * app bundles no others.
 */
export {
  encodeBoolean,
  encodeCategory,
  encodeCount,
  encodeNumber,
  encodeText,
  splitReports,
} from '@dither/protocol';
export { any, first, last, max, random, sum } from './combine.js';
export { latching } from './latching.js';
export { publicDraw } from './public-draw.js';

/** A registry as it stands in such a module: what follows from the rest is left out. */
export type ResolvedRegistry = Omit<DeviceRegistry, 'wire' | 'byId' | 'declarations'> & {
  readonly wire: readonly (Omit<DeviceMetric, 'params'> & {
    readonly params: Params & { readonly [name: string]: unknown };
  })[];
};

/** The declarations of a registry. */
type DeclarationsOf<R> = R extends DeviceRegistry<infer D> ? D : never;

/**
 * Makes a registry of what `dither-registry resolve` worked out. Checks nothing: the command did, and `--check` in CI sees
 * that the declaration has not changed since.
 */
export function resolvedRegistry<R = DeviceRegistry>(registry: ResolvedRegistry): DeviceRegistry<DeclarationsOf<R>> {
  const { wire } = registry as ResolvedRegistry & DeviceRegistry;
  return { ...registry, wire, byId: byId(wire) };
}

/** The params of a mechanism that need more than data, such as hash functions. */
export function derived<P extends Params>(randomizer: AnyClient, params: P): P {
  return (randomizer.derive as ((plain: P) => P) | undefined)?.(params) ?? params;
}

/** What a sampled registry draws a budget window's metrics with. */
export function drawing(classes: readonly DrawnClass[]): DrawMetrics {
  return onceAWindow((source) => drawMetrics(classes, source));
}
