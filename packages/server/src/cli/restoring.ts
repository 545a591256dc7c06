import { resolve } from 'node:path';
import type { Config } from '../config.js';
import { forgetUnknownRegistries } from '../ingest/unknown-registries.js';
import { openServices } from '../services.js';
import { type PreparedRestore, prepareRestore, type RestoreSummary } from '../storage/sqlite/backup.js';
import { putBack } from '../storage/sqlite/put-back.js';
import type { SqliteStorage } from '../storage/sqlite/sqlite.js';
import { openFile } from './operator.js';

/**
 * Puts a backup in the place of the file, which nothing has open, and begins over it.
 * @param begin - where it fails the earlier file is back, as it was
 * @throws StorageError, or what `begin` throws
 */
export async function restoreAndBegin<T>(
  db: string,
  prepared: PreparedRestore,
  begin: () => Promise<T>,
): Promise<{ readonly summary: RestoreSummary; readonly begun: T }> {
  const summary = await prepared.commit();
  try {
    return { summary, begun: await begin() };
  } catch (error) {
    putBack(db, summary.movedTo);
    throw error;
  }
}

/** The file as the settings have it, right after its restoration. @throws StorageError */
export async function openRestored(config: Config): Promise<SqliteStorage> {
  const storage = await openFile(config);
  try {
    await forgetUnknownRegistries(storage);
  } catch (error) {
    await storage.close();
    throw error;
  }
  return storage;
}

/** Restores where no server runs, and sees that one could begin. @throws StorageError */
export async function restoreFile(path: string, config: Config): Promise<RestoreSummary> {
  const db = resolve(config.db);
  const { summary } = await restoreAndBegin(db, await prepareRestore(path, db), async () => {
    const storage = await openRestored(config);
    try {
      const services = await openServices({ registries: [], storage });
      await services.close();
    } finally {
      await storage.close();
    }
  });
  return summary;
}
