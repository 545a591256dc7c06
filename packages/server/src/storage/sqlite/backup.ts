import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, copyFileSync, createReadStream, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { StorageError } from '../../errors.js';
import { checkFile, syncFile, syncFolderOf } from './file.js';
import type { CheckReply, CheckTask } from './messages.js';

/** What is in a backup, as it was read from it. */
export interface BackupContents {
  readonly registries: number;
  /** Metrics' windows that hold reports. */
  readonly windows: number;
  /** In all of them. */
  readonly reports: number;
  readonly nonces: number;
}

export interface BackupSummary extends BackupContents {
  readonly path: string;
  readonly bytes: number;
  /** Of the file, 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface RestoreSummary extends BackupSummary {
  /** Where the earlier file is now; undefined if there was none. */
  readonly movedTo: string | undefined;
}

/**
 * Has `copy` write a database beside `path`, reads all of it, and only then gives it its name.
 * @throws StorageError `backup-exists`, or what `copy` and {@link checkBackup} throw
 */
export async function writeBackup(path: string, copy: (partial: string) => Promise<void>): Promise<BackupSummary> {
  if (existsSync(path)) throw new StorageError('backup-exists', `${path} is there; a backup never replaces a file`);
  const partial = `${path}.partial`;
  try {
    rmSync(partial, { force: true });
    await copy(partial);
    chmodSync(partial, 0o600);
    const summary = await checkBackup(partial);
    // Unlike a rename it fails if the name was taken meanwhile.
    linkSync(partial, path);
    return { ...summary, path };
  } finally {
    rmSync(partial, { force: true });
    syncFolderOf(path);
  }
}

/**
 * Reads everything in a backup.
 * @throws StorageError `storage-foreign`, `storage-newer`, `storage-corrupt`, `storage-unreachable`
 */
export async function checkBackup(path: string): Promise<BackupSummary> {
  const contents = (await inThread('read', path)) as BackupContents;
  return { ...contents, path, bytes: statSync(path).size, sha256: await sha256(path) };
}

/**
 * Puts a backup in the place of a database that no server has open. The earlier file stays, under another name.
 * @throws StorageError as {@link checkBackup}, or `restore-refused` if `from` is no finished backup or `to` is in use:
 * then nothing was changed
 */
export async function restoreBackup(from: string, to: string): Promise<RestoreSummary> {
  if (existsSync(`${from}-wal`)) {
    throw new StorageError('restore-refused', `${from}-wal is there: ${from} is no backup, but part of a database`);
  }
  if (!checkFile(from)) throw new StorageError('storage-unreachable', `${from} is not there`);
  const copy = `${to}.restoring`;
  try {
    removeDatabase(copy);
    copyFileSync(from, copy);
    chmodSync(copy, 0o600);
    await inThread('settle', copy);
    syncFile(copy);
    const summary = await checkBackup(copy);
    // Its write-ahead log would be played into the restored file.
    if (existsSync(to)) await inThread('settle', to).catch(refuseIfLocked);
    const movedTo = moveAside(to);
    renameSync(copy, to);
    syncFolderOf(to);
    return { ...summary, path: to, movedTo };
  } finally {
    removeDatabase(copy);
  }
}

/** A file that is damaged, or not ours, is a reason to restore. */
function refuseIfLocked(error: StorageError): void {
  if (error.code === 'storage-locked') throw new StorageError('restore-refused', error.message);
}

/** A connection ends with its thread: until then, whatever was asked of it keeps the file open. */
async function inThread(task: CheckTask['task'], path: string): Promise<BackupContents | undefined> {
  const worker = new Worker(new URL('./check.js', import.meta.url), { workerData: { task, path } satisfies CheckTask });
  const [answer] = (await once(worker, 'message')) as [CheckReply];
  await worker.terminate();
  if (answer.failure !== undefined) throw new StorageError(answer.failure.code, answer.failure.message);
  return answer.contents;
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

/** Gives the file, and what is left of its log, a second name; its first one goes with the rename that replaces it. */
function moveAside(path: string): string | undefined {
  let n = 1;
  while (existsSync(`${path}.before-restore-${n}`)) n++;
  const aside = `${path}.before-restore-${n}`;
  if (existsSync(path)) linkSync(path, aside);
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return existsSync(aside) ? aside : undefined;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
