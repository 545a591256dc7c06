import { NONCE_BYTES } from '@dither/protocol';
import { checksum, noncesOf, verified } from './checksum.js';
import type { NonceRow } from './messages.js';
import type { Handle } from './open.js';

/** Nonces in a segment: one lookup reads one segment. */
const SEGMENT_NONCES = 512;

interface Segment {
  readonly segment: Uint8Array;
  readonly crc: number;
}

/** The nonces of days that no longer fit into memory: sorted segments, found by their first nonce. */
export interface Sealed {
  /** Moves the loose nonces of a day in here, in the caller's transaction. @returns how many the day has here now */
  seal(day: number): number;
  has(row: NonceRow): boolean;
}

export function sealedNonces(db: Handle): Sealed {
  const all = db.prepare(
    'SELECT segment, crc FROM nonces WHERE day = ? UNION ALL SELECT segment, crc FROM sealed WHERE day = ?',
  );
  const dropLoose = db.prepare('DELETE FROM nonces WHERE day = ?');
  const dropSealed = db.prepare('DELETE FROM sealed WHERE day = ?');
  const insert = db.prepare('INSERT INTO sealed (day, first, segment, crc) VALUES (?, ?, ?, ?)');
  const find = db.prepare('SELECT segment, crc FROM sealed WHERE day = ? AND first <= ? ORDER BY first DESC LIMIT 1');
  return {
    seal(day) {
      const segments = (all.all(day, day) as Segment[]).map((row) => verified(noncesOf(day), row.segment, row.crc));
      const sorted = sortNonces(Buffer.concat(segments));
      dropLoose.run(day);
      dropSealed.run(day);
      for (let at = 0; at < sorted.length; at += SEGMENT_NONCES * NONCE_BYTES) {
        const segment = sorted.subarray(at, at + SEGMENT_NONCES * NONCE_BYTES);
        insert.run(day, segment.subarray(0, NONCE_BYTES), segment, checksum(noncesOf(day), segment));
      }
      return sorted.length / NONCE_BYTES;
    },
    has({ day, segment: nonce }) {
      const row = find.get(day, nonce) as Segment | undefined;
      return row !== undefined && holds(verified(noncesOf(day), row.segment, row.crc), nonce);
    },
  };
}

/** Sorts the 16-byte pieces of `nonces`, as bytes. */
export function sortNonces(nonces: Buffer): Buffer {
  const order = Array.from({ length: nonces.length / NONCE_BYTES }, (_, i) => i * NONCE_BYTES);
  const key = (at: number) => nonces.readUInt32BE(at);
  order.sort((a, b) => key(a) - key(b) || nonces.compare(nonces, b, b + NONCE_BYTES, a, a + NONCE_BYTES));
  const sorted = Buffer.allocUnsafe(nonces.length);
  order.forEach((from, i) => {
    nonces.copy(sorted, i * NONCE_BYTES, from, from + NONCE_BYTES);
  });
  return sorted;
}

/** Whether the sorted segment has the nonce. */
function holds(segment: Uint8Array, nonce: Uint8Array): boolean {
  let low = 0;
  let high = segment.length / NONCE_BYTES;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = middle * NONCE_BYTES;
    const order = Buffer.compare(segment.subarray(at, at + NONCE_BYTES), nonce);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}
