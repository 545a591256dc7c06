import { resolve } from 'node:path';
import type { Registry } from '@dither/protocol';
import type { Operator } from '../admin/operations.js';
import { operatorOf } from '../admin/operator.js';
import { openAdminServer } from '../admin/server.js';
import type { Config } from '../config.js';
import { AdminError, type SwitchOffError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import { startWithServices } from '../server.js';
import type { Services } from '../services.js';
import { type PreparedRestore, prepareRestore, type RestoreSummary } from '../storage/sqlite/backup.js';
import type { SqliteStorage } from '../storage/sqlite/sqlite.js';
import { type SwitchOffDocument, stillHolding } from '../switch-off/document.js';
import { openFile } from './operator.js';
import { openRestored, restoreAndBegin } from './restoring.js';

export interface ServingOptions {
  readonly config: Config;
  readonly registries: readonly Registry[];
  readonly switchOffs: readonly SwitchOffDocument[];
  /** Another file is in the place of the database now, and is served. */
  readonly onRestored: (summary: RestoreSummary) => void;
  /** A document of `switchOffs` does not hold any more where the server begins anew, and is not served from then on. */
  readonly onDropped: (error: SwitchOffError) => void;
  /** Called once; the process must stop. */
  readonly onFatal: (error: Error) => void;
}

/** A server over one file, with the operator's side of it. */
export interface Serving {
  /** Without a slash at the end. */
  readonly url: string;
  /** Whether batches of any registry are read. */
  readonly hasRegistry: boolean;
  /** Answers what has been asked, writes out the storage, and lets go of everything. */
  close(): Promise<void>;
}

/** The server from the opening of its file to its closing: a restoration ends one and begins the next. */
interface Life extends Serving {
  readonly operator: Operator;
  /** @param cutMilliseconds - after which clients that are still sending are cut off */
  close(cutMilliseconds?: number): Promise<void>;
}

/** How a life begins. */
interface Beginning {
  readonly port: number;
  readonly open: (config: Config) => Promise<SqliteStorage>;
  readonly switchOffs: (services: Services) => readonly SwitchOffDocument[];
  /** What the operator's `restore` does: it ends this life. */
  readonly restore: (path: string) => Promise<RestoreSummary>;
}

/** @throws StorageError, SwitchOffError, AdminError, or the system's error where it cannot listen */
export async function openServing(options: ServingOptions): Promise<Serving> {
  const { config, switchOffs, onRestored, onDropped, onFatal } = options;
  const db = resolve(config.db);
  const first = { port: config.port, open: openFile, switchOffs: () => switchOffs, restore };
  let life: Life | undefined = await beginLife(options, first);
  const { url, hasRegistry } = life;
  let isRestoring = false;
  let restored: Promise<unknown> = Promise.resolve();

  /** @throws AdminError `restarting` */
  function alive(): Life {
    if (life === undefined) throw new AdminError('restarting', 'the server is being restored, or ends: ask again');
    return life;
  }

  async function restore(path: string): Promise<RestoreSummary> {
    if (isRestoring) throw new AdminError('restarting', 'another backup is being restored: ask again');
    isRestoring = true;
    try {
      // The server goes on meanwhile: a backup that cannot be used costs nothing.
      const prepared = await prepareRestore(path, db);
      const before = life;
      life = undefined;
      if (before === undefined) prepared.discard();
      if (before === undefined) throw new AdminError('restarting', 'the server ends; nothing was restored');
      const done = replace(before, prepared);
      restored = done.then(onRestored, () => undefined);
      return await done;
    } finally {
      isRestoring = false;
    }
  }

  async function replace(before: Life, prepared: PreparedRestore): Promise<RestoreSummary> {
    const again = { port: Number(new URL(before.url).port), switchOffs: holding, restore };
    try {
      await before.close(serverPolicy.restoreCutMilliseconds);
      const begin = () => beginLife(options, { ...again, open: openRestored });
      const { summary, begun } = await restoreAndBegin(db, prepared, begin);
      life = begun;
      return summary;
    } catch (error) {
      prepared.discard();
      // Over the earlier file, which is in its place.
      life = await beginLife(options, { ...again, open: openFile }).catch((fatal: Error) => {
        onFatal(fatal);
        return undefined;
      });
      throw error;
    }
  }

  /** What was in order when the process began must not keep the server from going on. */
  function holding({ registries, clock }: Services): readonly SwitchOffDocument[] {
    const { held, dropped } = stillHolding(switchOffs, registries, clock);
    dropped.forEach(onDropped);
    return held;
  }

  const { adminSocket } = config;
  const operator = () => alive().operator;
  const admin = adminSocket === false ? undefined : await openAdminServer(adminSocket, operator).catch(giveUp);

  async function giveUp(error: Error): Promise<never> {
    await life?.close();
    throw error;
  }

  return {
    url,
    hasRegistry,
    async close() {
      await restored;
      const last = life;
      life = undefined;
      await Promise.all([admin?.close(), last?.close()]);
    },
  };
}

async function beginLife(
  { config, registries, onFatal }: ServingOptions,
  { port, open, switchOffs, restore }: Beginning,
): Promise<Life> {
  const storage = await open(config);
  const http = {
    rateLimit: config.rateLimit,
    trustedProxies: config.trustedProxy,
    allowedOrigins: config.allowOrigin,
    log: config.log === 'off' ? (false as const) : { level: config.log },
  };
  const server = await startWithServices({ registries, storage, host: config.host, port, onFatal }, (services) => ({
    ...http,
    switchOffs: switchOffs(services),
  }));
  const { url, services, close } = server;
  const started = performance.now();
  const operator = operatorOf(services, {
    db: config.db,
    backup: (path) => storage.backup(path),
    server: () => ({
      url,
      pid: process.pid,
      seconds: Math.round((performance.now() - started) / 1000),
      memoryBytes: process.memoryUsage.rss(),
    }),
  });
  return {
    url,
    hasRegistry: services.registries.all.length > 0,
    operator: { ...operator, restore: ({ path }) => restore(path) },
    close,
  };
}
