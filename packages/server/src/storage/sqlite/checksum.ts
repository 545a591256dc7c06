import { crc32 } from 'node:zlib';
import { StorageError } from '../../errors.js';

/**
 * What stands beside bytes on disk, so that damage is seen when they are read: SQLite looks at the structure of a file, and
 * not at what is in it.
 * @param place - where they belong: bytes of another row are damage, too
 * @returns CRC-32
 */
export function checksum(place: string, bytes: Uint8Array): number {
  return crc32(bytes, crc32(place));
}

/** @throws StorageError `storage-corrupt` unless the bytes are what was written there */
export function verified(place: string, bytes: Uint8Array, crc: number): Uint8Array {
  if (checksum(place, bytes) !== crc) {
    throw new StorageError('storage-corrupt', `what is stored as ${place} is damaged; restore a backup`);
  }
  return bytes;
}

export const stateAt = (metric: string, window: number): string => `state ${metric} ${window}`;
export const noncesOf = (day: number): string => `nonces of day ${day}`;
export const logRow = (id: number): string => `log row ${id}`;
