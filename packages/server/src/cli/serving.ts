import { resolve } from 'node:path';
import type { Registry } from '@dither/protocol';
import type { Operator } from '../admin/operations.js';
import { operatorOf } from '../admin/operator.js';
import { openAdminServer } from '../admin/server.js';
import type { Config } from '../config.js';
import { AdminError } from '../errors.js';
import { startWithServices } from '../server.js';
import { checkBackup, type RestoreSummary, restoreBackup } from '../storage/sqlite/backup.js';
import type { SwitchOffDocument } from '../switch-off/document.js';
import { openFile } from './operator.js';

export interface ServingOptions {
  readonly config: Config;
  readonly registries: readonly Registry[];
  readonly switchOffs: readonly SwitchOffDocument[];
  /** Another file is in the place of the database now, and is served. */
  readonly onRestored: (summary: RestoreSummary) => void;
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
}

/** @throws StorageError, SwitchOffError, AdminError, or the system's error where it cannot listen */
export async function openServing(options: ServingOptions): Promise<Serving> {
  const { config, onRestored, onFatal } = options;
  let life: Life | undefined = await beginLife(options, config.port, restore);
  const { url, hasRegistry } = life;
  let restored: Promise<unknown> = Promise.resolve();

  /** @throws AdminError `restarting` */
  function alive(): Life {
    if (life === undefined) throw new AdminError('restarting', 'the server is being restored, or ends: ask again');
    return life;
  }

  async function restore(path: string): Promise<RestoreSummary> {
    // The server goes on meanwhile: a backup that cannot be used costs nothing.
    await checkBackup(path);
    const before = alive();
    life = undefined;
    const done = replace(before, path);
    restored = done.then(onRestored, () => undefined);
    return done;
  }

  async function replace(before: Life, path: string): Promise<RestoreSummary> {
    try {
      await before.close();
      return await restoreBackup(path, resolve(config.db));
    } finally {
      try {
        life = await beginLife(options, Number(new URL(before.url).port), restore);
      } catch (error) {
        onFatal(error as Error);
      }
    }
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

/** @param restore - what the operator's `restore` does: it ends this life */
async function beginLife(
  { config, registries, switchOffs, onFatal }: ServingOptions,
  port: number,
  restore: (path: string) => Promise<RestoreSummary>,
): Promise<Life> {
  const storage = await openFile(config);
  const server = await startWithServices({
    registries,
    switchOffs,
    storage,
    host: config.host,
    port,
    rateLimit: config.rateLimit,
    trustedProxies: config.trustedProxy,
    allowedOrigins: config.allowOrigin,
    log: config.log === 'off' ? false : { level: config.log },
    onFatal,
  });
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
