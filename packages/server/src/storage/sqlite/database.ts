import type { StorageError } from '../../errors.js';
import type { CandidateList, CandidateSummary, StoredRecord, WindowCount } from '../storage.js';
import { checksum, logRow, noncesOf, verified } from './checksum.js';
import { classified } from './errors.js';
import { syncFile } from './file.js';
import type { Contents, LogRow, NonceDay, Operation, Operations, RegistryRow } from './messages.js';
import { type Handle, openFile } from './open.js';
import { sealedNonces } from './sealed.js';
import { storedStates } from './states.js';
import { eraseLog, logBytes } from './write-ahead-log.js';

/** The statements this package makes, on one connection. Synchronous: it lives in a thread of its own. */
export type Database = { readonly load: () => Contents } & {
  readonly [Op in Operation]: (input: Operations[Op][0]) => Operations[Op][1];
};

/** @throws StorageError as `openFile` */
export function openDatabase(path: string): Database {
  const db = openFile(path);
  const states = storedStates(db);
  const sealed = sealedNonces(db);
  const insertLog = db.prepare('INSERT INTO log (id, batches, crc) VALUES (?, ?, ?)');
  const deleteLog = db.prepare('DELETE FROM log WHERE id <= ?');
  const deleteStates = db.prepare('DELETE FROM state WHERE window < ?');
  const insertNonces = db.prepare('INSERT INTO nonces (day, segment, crc) VALUES (?, ?, ?)');
  const deleteNonces = db.prepare('DELETE FROM nonces WHERE day < ?');
  const deleteSealed = db.prepare('DELETE FROM sealed WHERE day < ?');
  const getNonces = db.prepare('SELECT segment, crc FROM nonces WHERE day = ?');
  const getWindows = db.prepare('SELECT window, n FROM state WHERE metric = ? ORDER BY window');
  const putRegistry = db.prepare(
    `INSERT INTO registry (fingerprint, text, served)
     VALUES (?, ?, (SELECT coalesce(max(served), 0) + 1 FROM registry))
     ON CONFLICT DO UPDATE SET text = excluded.text, served = excluded.served`,
  );
  const putCandidates = db.prepare('INSERT OR REPLACE INTO candidates (name, count, sha256, list) VALUES (?, ?, ?, ?)');
  const getCandidates = db.prepare('SELECT name, count, sha256, list AS bytes FROM candidates WHERE name = ?');
  const dropCandidates = db.prepare('DELETE FROM candidates WHERE name = ?');
  const putRecord = db.prepare('INSERT OR REPLACE INTO record (kind, id, text) VALUES (?, ?, ?)');
  const getRecords = db.prepare('SELECT kind, id, text FROM record WHERE kind = ? ORDER BY id');
  const dropRecord = db.prepare('DELETE FROM record WHERE kind = ? AND id = ?');
  const probe = db.prepare(
    `INSERT INTO record (kind, id, text) VALUES ('probe', '', '1')
     ON CONFLICT DO UPDATE SET text = CAST(text + 1 AS TEXT)`,
  );
  /** What was deleted is to be gone from the write-ahead log, too. */
  const erase = () => eraseLog(db, path);
  /** For what is stored whether or not this succeeds: a full disk is no reason to store it again. */
  const eraseIfRoom = () => {
    try {
      classified(erase);
      return true;
    } catch (error) {
      if ((error as StorageError).code === 'not-stored') return false;
      throw error;
    }
  };

  return {
    load: () => {
      states.check();
      return {
        registries: rows<RegistryRow>(db, 'SELECT fingerprint, text FROM registry ORDER BY served'),
        nonceDays: rows<NonceDay>(
          db,
          `SELECT day, sum(loose) AS loose, sum(sealed) AS sealed FROM (
           SELECT day, length(segment) / 16 AS loose, 0 AS sealed FROM nonces
           UNION ALL SELECT day, 0, length(segment) / 16 FROM sealed)
         GROUP BY day ORDER BY day`,
        ),
        log: rows<LogRow & { readonly crc: number }>(db, 'SELECT id, batches AS "group", crc FROM log ORDER BY id').map(
          ({ id, group, crc }) => ({ id, group: verified(logRow(id), group, crc) }),
        ),
        candidates: rows<CandidateSummary>(db, 'SELECT name, count, sha256, length(list) AS bytes FROM candidates'),
      };
    },
    accept() {
      classified(() => {
        if (db.isTransaction) db.exec('COMMIT');
      });
      // Where a crash came between a fold and its end, batches are still there.
      eraseIfRoom();
    },
    commit({ id, group }) {
      classified(() => insertLog.run(id, group, checksum(logRow(id), group)));
    },
    fold({ through, states: deltas, nonces, oldestDay, oldestWindow }) {
      classified(() =>
        transaction(db, () => {
          for (const delta of deltas) states.add(delta);
          for (const { day, segment } of nonces) insertNonces.run(day, segment, checksum(noncesOf(day), segment));
          deleteNonces.run(oldestDay);
          deleteSealed.run(oldestDay);
          if (oldestWindow !== undefined) deleteStates.run(oldestWindow);
          deleteLog.run(through);
        }),
      );
      return logBytes(path);
    },
    erase: eraseIfRoom,
    seal: (day) => classified(() => transaction(db, () => sealed.seal(day))),
    known: (nonces) => classified(() => nonces.map((row) => sealed.has(row))),
    nonces: (day) =>
      classified(() => {
        const segments = getNonces.all(day) as { readonly segment: Uint8Array; readonly crc: number }[];
        return Buffer.concat(segments.map(({ segment, crc }) => verified(noncesOf(day), segment, crc)));
      }),
    states: (question) => classified(() => states.read(question)),
    windows: (metric) => classified(() => plain(getWindows.all(metric) as WindowCount[])),
    saveRegistry({ fingerprint, text }) {
      classified(() => putRegistry.run(fingerprint, text));
    },
    saveCandidates({ name, count, sha256, bytes }) {
      classified(() => {
        putCandidates.run(name, count, sha256, bytes);
        erase();
      });
    },
    candidates(name) {
      const list = getCandidates.get(name) as CandidateList | undefined;
      return list === undefined ? undefined : { ...list };
    },
    deleteCandidates(name) {
      classified(() => {
        dropCandidates.run(name);
        erase();
      });
    },
    putRecord({ kind, id, text }) {
      classified(() => putRecord.run(kind, id, text));
    },
    records: (kind) => plain(getRecords.all(kind) as StoredRecord[]),
    deleteRecord({ kind, id }) {
      return classified(() => {
        const { changes } = dropRecord.run(kind, id);
        erase();
        return Number(changes) > 0;
      });
    },
    probe() {
      classified(() => probe.run());
    },
    copy(to) {
      classified(() => {
        db.prepare('VACUUM INTO ?').run(to);
        syncFile(to);
      });
    },
    close() {
      db.close();
    },
  };
}

function transaction<T>(db: Handle, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

function rows<Row extends object>(db: Handle, sql: string): readonly Row[] {
  return plain(db.prepare(sql).all() as Row[]);
}

/** Without the prototype the driver gives them, which a thread's message cannot carry. */
function plain<Row extends object>(found: readonly Row[]): readonly Row[] {
  return found.map((row) => ({ ...row }));
}
