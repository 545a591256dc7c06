import { StorageError } from '../../errors.js';

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
 * Does `work`, and says what a failure means. After these three SQLite has rolled back and the disk is as it was. After
 * anything else, an I/O error in fsync above all, what is on disk is anybody's guess.
 * @throws StorageError `not-stored`, `storage-corrupt`, `storage-broken`
 */
export function classified<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const code = resultCode(error);
    const isHarmless = code === FULL || code === TOO_BIG || code === BUSY;
    const isDamaged = code === CORRUPT || code === NOT_A_DATABASE;
    throw new StorageError(
      isHarmless ? 'not-stored' : isDamaged ? 'storage-corrupt' : 'storage-broken',
      (error as Error).message,
    );
  }
}

export function corruption(path: string): string {
  return `${path} is damaged; restore a backup, or move it away to begin anew`;
}

/** Why a file cannot be opened. */
export function openingError(path: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const code = resultCode(error);
  if (code === BUSY) return new StorageError('storage-locked', `another process has ${path} open`);
  // With no code of its own: a header that says what no SQLite has written.
  const isDamaged = code === CORRUPT || code === NOT_A_DATABASE || /file format/.test((error as Error).message);
  if (isDamaged) return new StorageError('storage-corrupt', corruption(path));
  return new StorageError('storage-unreachable', `${path} cannot be opened: ${(error as Error).message}`);
}
