import { DatabaseSync } from '@photostructure/sqlite';
import { StorageError } from '../../errors.js';
import { corruption, openingError } from './errors.js';
import { checkFile, createFile, newer } from './file.js';
import { migrate } from './migrations.js';
import { SCHEMA, SCHEMA_VERSION } from './schema.js';

export type Handle = InstanceType<typeof DatabaseSync>;

/** How long to wait for another process to let go of the file, as in a restart that overlaps. */
const BUSY_MILLISECONDS = 2000;

/**
 * Opens the file for this process alone, and makes it if it is not there. A file of an earlier version is migrated in a
 * transaction that is left open: what is refused after a closer look then stays as it is.
 * @throws StorageError `storage-foreign`, `storage-newer`, `storage-corrupt`, `storage-locked`, `storage-unreachable`
 */
export function openFile(path: string): Handle {
  let db: Handle | undefined;
  try {
    if (!checkFile(path)) {
      createFile(path, (temporary) => {
        const fresh = new DatabaseSync(temporary);
        fresh.exec(`BEGIN; ${SCHEMA} COMMIT`);
        fresh.close();
      });
    }
    db = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS });
    // One process: deltas and nonces live in its memory. synchronous = FULL: a commit is on disk when it returns.
    // secure_delete: what is deleted is overwritten. The fold checkpoints; nothing else does, lest an answer wait.
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON;
      PRAGMA wal_autocheckpoint = 0;
      BEGIN EXCLUSIVE; COMMIT`);
    checkIntegrity(db, path);
    const version = versionOf(db);
    if (version < 1) throw new StorageError('storage-corrupt', corruption(path));
    // The header that was looked at may be older than what a newer server left in its write-ahead log.
    if (version > SCHEMA_VERSION) throw new StorageError('storage-newer', newer(path, version));
    if (version < SCHEMA_VERSION) {
      db.exec('BEGIN IMMEDIATE');
      migrate(db, version);
    }
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    throw openingError(path, error);
  }
}

/** Opens a file that no server has, to look at it. @throws StorageError as {@link openFile} */
export function openToRead(path: string): Handle {
  let db: Handle | undefined;
  try {
    if (!checkFile(path)) throw new StorageError('storage-unreachable', `${path} is not there`);
    db = new DatabaseSync(path, { readOnly: true });
    checkIntegrity(db, path);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    throw openingError(path, error);
  }
}

function checkIntegrity(db: Handle, path: string): void {
  const { integrity_check: found } = db.prepare('PRAGMA integrity_check(1)').get() as { integrity_check: string };
  if (found !== 'ok') throw new StorageError('storage-corrupt', corruption(path));
}

function versionOf(db: Handle): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}
