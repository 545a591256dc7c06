import { DatabaseSync } from '@photostructure/sqlite';
import { StorageError } from '../../errors.js';
import type { CandidateList, CandidateSummary } from '../storage.js';
import { checkFile, createFile, newer } from './file.js';
import type { Contents, Fold, LogRow, NonceRow, RegistryRow, Reply, StateRow } from './messages.js';
import { MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './schema.js';

/** The statements this package makes, on one connection. Synchronous: it lives in a thread of its own. */
export interface Database {
  load(): Contents;
  /** What was loaded can be used: keeps the migration, if there was one. */
  accept(): void;
  /** One row, one transaction, one fsync. */
  commit(row: LogRow): void;
  fold(fold: Fold): void;
  saveRegistry(fingerprint: string, text: string): void;
  saveCandidates(list: CandidateList): void;
  loadCandidates(name: string): Pick<Reply, 'list'>;
  deleteCandidates(name: string): void;
  close(): void;
}

/** How long to wait for another process to let go of the file, as in a restart that overlaps. */
const BUSY_MILLISECONDS = 2000;

/**
 * @throws StorageError `storage-foreign`, `storage-newer`, `storage-corrupt`, `storage-locked`,
 * `storage-unreachable`
 */
export function openDatabase(path: string): Database {
  const db = open(path);
  const insertLog = db.prepare('INSERT INTO log (id, batches) VALUES (?, ?)');
  const deleteLog = db.prepare('DELETE FROM log WHERE id <= ?');
  const putState = db.prepare(
    'INSERT INTO state (metric, window, state) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state',
  );
  const insertNonces = db.prepare('INSERT INTO nonces (day, segment) VALUES (?, ?)');
  const deleteNonces = db.prepare('DELETE FROM nonces WHERE day < ?');
  const putRegistry = db.prepare(
    `INSERT INTO registry (fingerprint, text, served)
     VALUES (?, ?, (SELECT coalesce(max(served), 0) + 1 FROM registry))
     ON CONFLICT DO UPDATE SET text = excluded.text`,
  );

  const putCandidates = db.prepare('INSERT OR REPLACE INTO candidates (name, count, sha256, list) VALUES (?, ?, ?, ?)');
  const getCandidates = db.prepare('SELECT name, count, sha256, list AS bytes FROM candidates WHERE name = ?');
  const dropCandidates = db.prepare('DELETE FROM candidates WHERE name = ?');
  /** Moves the write-ahead log into the file, and cuts it to nothing. */
  const truncate = () => db.exec('PRAGMA wal_checkpoint(TRUNCATE)');

  return {
    load: () => ({
      registries: plain(db.prepare('SELECT fingerprint, text FROM registry ORDER BY served').all() as RegistryRow[]),
      states: plain(db.prepare('SELECT metric, window, state FROM state').all() as StateRow[]),
      nonces: plain(db.prepare('SELECT day, segment FROM nonces ORDER BY day').all() as NonceRow[]),
      log: plain(db.prepare('SELECT id, batches AS "group" FROM log ORDER BY id').all() as LogRow[]),
      candidates: plain(
        db.prepare('SELECT name, count, sha256, length(list) AS bytes FROM candidates').all() as CandidateSummary[],
      ),
    }),
    accept() {
      if (!db.isTransaction) return;
      classified(() => {
        db.exec('COMMIT');
        truncate();
      });
    },
    commit: ({ id, group }) => classified(() => insertLog.run(id, group)),
    fold({ through, states, nonces, oldestDay }) {
      classified(() => {
        db.exec('BEGIN IMMEDIATE');
        try {
          for (const { metric, window, state } of states) putState.run(metric, window, state);
          for (const { day, segment } of nonces) insertNonces.run(day, segment);
          deleteNonces.run(oldestDay);
          deleteLog.run(through);
          db.exec('COMMIT');
        } finally {
          if (db.isTransaction) db.exec('ROLLBACK');
        }
        // Until here the write-ahead log still holds the batches.
        truncate();
      });
    },
    saveRegistry: (fingerprint, text) => classified(() => putRegistry.run(fingerprint, text)),
    saveCandidates({ name, count, sha256, bytes }) {
      classified(() => {
        putCandidates.run(name, count, sha256, bytes);
        truncate();
      });
    },
    loadCandidates(name) {
      const list = getCandidates.get(name) as CandidateList | undefined;
      return list === undefined ? {} : { list: { ...list } };
    },
    deleteCandidates(name) {
      classified(() => {
        dropCandidates.run(name);
        truncate();
      });
    },
    close: () => db.close(),
  };
}

type Handle = InstanceType<typeof DatabaseSync>;

function open(path: string): Handle {
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
    // One process: counters and nonces live in its memory. synchronous = FULL: a commit is on disk when it returns.
    // secure_delete: what is deleted is overwritten. The fold checkpoints; nothing else does, lest an answer wait.
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON;
      PRAGMA wal_autocheckpoint = 0;
      BEGIN EXCLUSIVE; COMMIT`);
    const check = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
    if (check.quick_check !== 'ok') throw new StorageError('storage-corrupt', corruption(path));
    migrate(db, path);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    throw openingError(path, error);
  }
}

/** A file of an earlier version, in place. Its transaction is left open: what is refused then stays as it is. */
function migrate(db: Handle, path: string): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  // The header that was looked at may be older than what a newer server left in its write-ahead log.
  if (version > SCHEMA_VERSION) throw new StorageError('storage-newer', newer(path, version));
  if (version === SCHEMA_VERSION) return;
  db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS.slice(version - 1).join('')}`);
}

function plain<Row extends object>(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({ ...row }));
}

const FULL = 13;
const TOO_BIG = 18;
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** SQLite's primary result code, or undefined. */
function resultCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' ? code & 255 : undefined;
}

/**
 * After these three SQLite has rolled back and the disk is as it was. After anything else, an I/O error in fsync
 * above all, what is on disk is anybody's guess.
 */
function classified(work: () => void): void {
  try {
    work();
  } catch (error) {
    const code = resultCode(error);
    const isHarmless = code === FULL || code === TOO_BIG || code === BUSY;
    throw new StorageError(isHarmless ? 'not-stored' : 'outcome-unknown', (error as Error).message);
  }
}

function corruption(path: string): string {
  return `${path} is damaged; restore a backup, or move it away to begin anew`;
}

function openingError(path: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const code = resultCode(error);
  if (code === BUSY) return new StorageError('storage-locked', `another process has ${path} open`);
  if (code === CORRUPT || code === NOT_A_DATABASE) return new StorageError('storage-corrupt', corruption(path));
  return new StorageError('storage-unreachable', `${path} cannot be opened: ${(error as Error).message}`);
}
