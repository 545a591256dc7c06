import { closeSync, ftruncateSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const HEAD_BYTES = 24;

interface Change {
  readonly offset: number;
  /** What was there. */
  readonly bytes: Buffer;
  /** The file's size before it. */
  readonly size: number;
}

/**
 * Plays what shim.c remembered of a file backwards, so that it is what it was at its last sync: the worst that a power cut
 * may leave. A file that is gone is left gone.
 */
export function undoUnsynced(record: Buffer, inode: number, folder: string): void {
  const changes = changesOf(record);
  const name = readdirSync(folder).find((entry) => statSync(join(folder, entry)).ino === inode);
  if (changes.length === 0 || name === undefined) return;
  const file = openSync(join(folder, name), 'r+');
  for (const { offset, bytes, size } of changes.reverse()) {
    writeSync(file, bytes, 0, bytes.length, offset);
    ftruncateSync(file, size);
  }
  closeSync(file);
}

/** A record that ends early is of a write that the kill came before. */
function changesOf(record: Buffer): Change[] {
  const changes: Change[] = [];
  for (let at = 0; at + HEAD_BYTES <= record.length; ) {
    const [offset = 0, length = 0, size = 0] = [0, 8, 16].map((i) => Number(record.readBigInt64LE(at + i)));
    at += HEAD_BYTES;
    if (at + length > record.length) break;
    changes.push({ offset, bytes: record.subarray(at, at + length), size });
    at += length;
  }
  return changes;
}
