import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from '../../errors.js';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.js';

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/**
 * Looks at a file before SQLite does, so that one which is not ours is refused as it is.
 * @returns whether there is a database to open; if not, one may be created
 * @throws StorageError `storage-foreign`, `storage-newer`
 */
export function checkFile(path: string): boolean {
  if (!existsSync(path) || statSync(path).size === 0) {
    // SQLite would play this log into the new database.
    if (existsSync(`${path}-wal`)) {
      throw new StorageError('storage-foreign', `${path}-wal is there without its database; move it away`);
    }
    return false;
  }
  const header = readHeader(path);
  if (
    header.toString('latin1', 0, MAGIC.length) !== MAGIC ||
    header.readInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID
  ) {
    throw new StorageError('storage-foreign', `${path} is not a Dither database; nothing was changed`);
  }
  const version = header.readInt32BE(USER_VERSION_AT);
  if (version > SCHEMA_VERSION) {
    throw new StorageError('storage-newer', newer(path, version));
  }
  return true;
}

/** Why a file of a newer version is refused. */
export function newer(path: string, version: number): string {
  return `${path} has version ${version}, written by a newer server; this one reads ${SCHEMA_VERSION}. Nothing was changed`;
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return header;
}

/** Makes a database under another name and moves it into place, so that `path` is a whole database or nothing. */
export function createFile(path: string, fill: (temporary: string) => void): void {
  const temporary = `${path}.creating`;
  rmSync(temporary, { force: true });
  fill(temporary);
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
  syncFolderOf(path);
}

/** Makes the names in a file's folder durable. */
export function syncFolderOf(path: string): void {
  if (process.platform !== 'win32') syncFile(dirname(path));
}

/** Makes what was written to a file durable. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
