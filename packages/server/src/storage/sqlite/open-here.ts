import { statSync } from 'node:fs';
import { StorageError } from '../../errors.js';

/**
 * Files that this process has open, by what they are and not by name. Whoever opens one of them a second time, to read it or
 * to look at its header, takes away all locks the process has on it when he closes it (POSIX, fcntl): another process could
 * then open it, too, and the two would destroy it.
 */
const here = new Set<string>();

/** @throws StorageError `storage-locked` if the file is open in this process */
export function refuseIfOpenHere(path: string): void {
  const id = idOf(path);
  if (id !== undefined && here.has(id)) throw new StorageError('storage-locked', `this process has ${path} open`);
}

/** Says that the file is open from now on. @returns says that it is not any more */
export function openHere(path: string): () => void {
  const id = idOf(path);
  if (id === undefined) return () => undefined;
  here.add(id);
  return () => here.delete(id);
}

function idOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
