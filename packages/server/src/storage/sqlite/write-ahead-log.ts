import { closeSync, fdatasyncSync, openSync, statSync, writeSync } from 'node:fs';
import type { DatabaseSync } from '@photostructure/sqlite';

type Handle = InstanceType<typeof DatabaseSync>;

const HEADER_BYTES = 32;
const PIECE_BYTES = 2 ** 20;
/** A write-ahead log that has grown beyond is given back to the file system; below, its blocks are used again. */
const KEPT_BYTES = 128 * 2 ** 20;

/**
 * Moves SQLite's write-ahead log into the database, and overwrites it with zeros: cut off, its blocks would still hold
 * the batches. Only where one connection has the file (`locking_mode = EXCLUSIVE`), and between transactions.
 *
 * The header goes first, and is on disk before the rest: a log without a header is empty, whenever the power fails. With
 * only some of its frames left it would be played, and bring back earlier pages. SQLite begins it anew with its next
 * write, header included, and reads nothing of it before.
 */
export function eraseLog(db: Handle, path: string): void {
  const { busy, log, checkpointed } = db.prepare('PRAGMA wal_checkpoint(FULL)').get() as {
    readonly busy: number;
    readonly log: number;
    readonly checkpointed: number;
  };
  if (busy !== 0 || log !== checkpointed) throw new Error('the write-ahead log could not be moved into the database');
  const size = logBytes(path);
  if (size > 0) overwrite(`${path}-wal`, size);
  if (size > 0 && size <= KEPT_BYTES) return;
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** Size of the write-ahead log, in bytes. */
export function logBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

function overwrite(file: string, size: number): void {
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, new Uint8Array(Math.min(size, HEADER_BYTES)), 0, undefined, 0);
    fdatasyncSync(descriptor);
    const zeros = new Uint8Array(Math.min(size, PIECE_BYTES));
    for (let at = 0; at < size; at += zeros.length) {
      writeSync(descriptor, zeros, 0, Math.min(zeros.length, size - at), at);
    }
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
