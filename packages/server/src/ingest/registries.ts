import type { Registry } from '@dither/protocol';
import { type Comparison, compareRegistries } from '@dither/protocol/node';
import type { Clock } from '../clock.js';
import type { ProblemError } from '../errors.js';
import type { Storage } from '../storage/storage.js';
import { type Series, type ServedRegistry, serve } from './served-registry.js';
import { openUnknownRegistries, type UnknownRegistry } from './unknown-registries.js';

/** A series and the app it belongs to. */
export type Offered = Series & { readonly app: string };

/** What a registry changes by being added. */
export interface RegistryChange {
  readonly app: string;
  readonly fingerprint: string;
  /** Batches of this fingerprint are not read without it. */
  readonly isNew: boolean;
  /** Against the app's current one; undefined if there is none. */
  readonly changes: Comparison | undefined;
}

/** The registries whose batches are read: all that were ever given or added. */
export interface Registries {
  /** @throws ProblemError `unknown-registry`, `registry-refused` */
  find(fingerprint: string): ServedRegistry;
  /** Of each app those given at start, or the one added since; of an app with none of these, the one stored last. */
  readonly current: readonly Registry[];
  /** Every one, in the order in which they were last stored. */
  readonly all: readonly Registry[];
  /** What adding it would change. */
  compare(registry: Registry): RegistryChange;
  /** Its batches are read, and it is its app's current one, from when this resolves: stored for good. @throws StorageError */
  add(registry: Registry): Promise<RegistryChange>;
  /** Every series named `id`, in the order of `all`; each fingerprint once, at the latest place it has. */
  series(id: string): readonly Offered[];
  /** Ids of all metrics an app ever had here; undefined if no registry is of that app. */
  ids(app: string): ReadonlySet<string> | undefined;
  unknown(): readonly UnknownRegistry[];
}

/**
 * Stores the registries given, so that their reports stay readable for good, and reads back the earlier ones.
 * @throws StorageError
 */
export async function openRegistries(given: readonly Registry[], storage: Storage, clock: Clock): Promise<Registries> {
  for (const registry of given) await storage.saveRegistry(registry);
  const isGiven = new Set(given.map(({ fingerprint }) => fingerprint));
  const earlier = (await storage.registries()).filter(({ fingerprint }) => !isGiven.has(fingerprint));
  const served = new Map([...earlier, ...given].map((registry) => [registry.fingerprint, serve(registry)]));
  const unknown = await openUnknownRegistries(storage, clock);
  for (const fingerprint of served.keys()) unknown.forget(fingerprint);
  let current = [...lastOfEach(earlier, new Set(given.map(({ app }) => app))), ...given];

  function compare(registry: Registry): RegistryChange {
    const { app, fingerprint } = registry;
    const before = current.filter((other) => other.app === app).at(-1);
    const changes = before && compareRegistries(before, registry);
    return { app, fingerprint, isNew: !served.has(fingerprint), changes };
  }

  return {
    get current() {
      return current;
    },
    get all() {
      return [...served.values()].map(({ registry }) => registry);
    },
    compare,
    find: (fingerprint) => served.get(fingerprint) ?? refuse(unknown.refuse(fingerprint)),
    async add(registry) {
      await storage.saveRegistry(registry);
      const { app, fingerprint } = registry;
      const change = compare(registry);
      // The last one of its app, for series that several share.
      served.delete(fingerprint);
      served.set(fingerprint, serve(registry));
      unknown.forget(fingerprint);
      current = [...current.filter((other) => other.app !== app), registry];
      return change;
    },
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
    unknown: unknown.list,
  };
}

/** The last registry of each app but those of `others`. */
function lastOfEach(registries: readonly Registry[], others: ReadonlySet<string>): readonly Registry[] {
  const last = new Map(registries.map((registry) => [registry.app, registry]));
  return [...last.values()].filter(({ app }) => !others.has(app));
}

function refuse(problem: ProblemError): never {
  throw problem;
}
