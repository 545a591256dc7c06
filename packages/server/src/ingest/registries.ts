import { DAY_MS, policy, type Registry } from '@dither/protocol';
import type { Clock } from '../clock.js';
import { ProblemError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import type { Storage } from '../storage/storage.js';
import { type Series, type ServedRegistry, serve } from './served-registry.js';

/** A fingerprint that arrived and that no registry here has. */
export interface UnknownRegistry {
  readonly fingerprint: string;
  /** Milliseconds since 1970, of this process's life. */
  readonly firstSeen: number;
  readonly batches: number;
}

/** A series and the app it belongs to. */
export type Offered = Series & { readonly app: string };

/** The registries whose batches are read: those given at start, and every one that was ever given. */
export interface Registries {
  /** @throws ProblemError `unknown-registry`, `registry-refused` */
  find(fingerprint: string): ServedRegistry;
  /** Those given at start. */
  readonly current: readonly Registry[];
  /** Every series named `id`, oldest registry first; each fingerprint once, at the latest place it has. */
  series(id: string): readonly Offered[];
  /** Ids of all metrics an app ever had here; undefined if no registry is of that app. */
  ids(app: string): ReadonlySet<string> | undefined;
  unknown(): readonly UnknownRegistry[];
}

/** Stores the current registries, so that their reports stay readable for good, and reads back the earlier ones. */
export async function openRegistries(
  current: readonly Registry[],
  storage: Storage,
  clock: Clock,
): Promise<Registries> {
  for (const registry of current) await storage.saveRegistry(registry);
  const isCurrent = new Set(current.map((registry) => registry.fingerprint));
  const earlier = (await storage.registries()).filter((registry) => !isCurrent.has(registry.fingerprint));
  const served = new Map([...earlier, ...current].map((registry) => [registry.fingerprint, serve(registry)]));
  const unknown = new Map<string, { firstSeen: number; batches: number }>();

  return {
    current,
    find: (fingerprint) => served.get(fingerprint) ?? refuse(unknown, fingerprint, clock.now()),
    series(id) {
      const found = new Map<string, Offered>();
      for (const { registry, series } of served.values()) {
        for (const one of series) {
          if (one.metric.id !== id) continue;
          found.delete(one.metric.fingerprint);
          found.set(one.metric.fingerprint, { ...one, app: registry.app });
        }
      }
      return [...found.values()];
    },
    ids(app) {
      const own = [...served.values()].filter(({ registry }) => registry.app === app);
      return own.length === 0 ? undefined : new Set(own.flatMap(({ registry }) => registry.wire.map(({ id }) => id)));
    },
    unknown: () => [...unknown].map(([fingerprint, seen]) => ({ fingerprint, ...seen })),
  };
}

/**
 * Asks for a retry while an operator may still add the registry, and says no after that. Allocates within a bound: when
 * it is reached, one whose time is over makes room; if there is none, the newcomer is asked to retry and not counted.
 */
function refuse(unknown: Map<string, { firstSeen: number; batches: number }>, fingerprint: string, now: number): never {
  const isOver = ({ firstSeen }: { firstSeen: number }): boolean =>
    now - firstSeen >= policy.unknownRegistryDays * DAY_MS;
  const seen = unknown.get(fingerprint);
  if (seen !== undefined) {
    seen.batches++;
    throw new ProblemError(isOver(seen) ? 'registry-refused' : 'unknown-registry');
  }
  if (unknown.size >= serverPolicy.unknownRegistries) {
    const [over] = [...unknown].find(([, other]) => isOver(other)) ?? [];
    if (over !== undefined) unknown.delete(over);
  }
  if (unknown.size < serverPolicy.unknownRegistries) unknown.set(fingerprint, { firstSeen: now, batches: 1 });
  throw new ProblemError('unknown-registry');
}
