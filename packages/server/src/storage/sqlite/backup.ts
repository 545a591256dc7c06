import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, createReadStream, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StorageError } from '../../errors.js';
import { checkFile, syncFile, syncFolderOf } from './file.js';
import type { CheckReply, CheckTask } from './messages.js';
import { refuseIfOpenHere } from './open-here.js';
import { startThread } from './turn.js';

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
 * @throws StorageError `backup-exists`, `storage-unreachable`, or what `copy` and {@link checkBackup} throw
 */
export async function writeBackup(path: string, copy: (partial: string) => Promise<void>): Promise<BackupSummary> {
  if (existsSync(path)) throw exists(path);
  if (!existsSync(dirname(path))) throw new StorageError('storage-unreachable', `${dirname(path)} is not there`);
  // Of its own: two backups to one path may be under way.
  const partial = `${path}.partial-${randomBytes(6).toString('hex')}`;
  try {
    await copy(partial);
    chmodSync(partial, 0o600);
    const summary = await checkBackup(partial);
    // Unlike a rename it fails if the name was taken meanwhile.
    linkSync(partial, path);
    return { ...summary, path };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? exists(path) : error;
  } finally {
    removeDatabase(partial);
    syncFolderOf(path);
  }
}

function exists(path: string): StorageError {
  return new StorageError('backup-exists', `${path} is there; a backup never replaces a file`);
}

/**
 * Reads everything in a backup.
 * @throws StorageError `storage-foreign`, `storage-newer`, `storage-corrupt`, `storage-unreachable`, `storage-locked`
 */
export async function checkBackup(path: string): Promise<BackupSummary> {
  refuseIfOpenHere(path);
  const contents = (await inThread('read', path)) as BackupContents;
  return { ...contents, path, ...(await measure(path)) };
}

/** A backup that lies beside the database it will replace, wholly checked. One of `commit` and `discard` ends it. */
export interface PreparedRestore {
  readonly summary: BackupSummary;
  /** Puts it in the place of the database, which no server may have open. @throws StorageError `restore-refused` */
  commit(): Promise<RestoreSummary>;
  discard(): void;
}

/**
 * Does of a restore what can be done while a server has `to` open.
 * @throws StorageError as {@link checkBackup}, or `restore-refused` if `from` is no finished backup: then nothing was changed
 */
export async function prepareRestore(from: string, to: string): Promise<PreparedRestore> {
  refuseIfOpenHere(from);
  if (existsSync(`${from}-wal`)) {
    throw new StorageError('restore-refused', `${from}-wal is there: ${from} is no backup, but part of a database`);
  }
  if (!checkFile(from)) throw new StorageError('storage-unreachable', `${from} is not there`);
  const copy = `${to}.restoring-${randomBytes(6).toString('hex')}`;
  const discard = () => removeDatabase(copy);
  try {
    await copyFile(from, copy);
    chmodSync(copy, 0o600);
    // One of an earlier version is brought up to date before it is read.
    await inThread('settle', copy);
    syncFile(copy);
    const summary = { ...(await checkBackup(copy)), path: to };
    return { summary, discard, commit: () => replace(copy, to, summary).finally(discard) };
  } catch (error) {
    discard();
    throw error;
  }
}

/**
 * Puts a backup in the place of a database that no server has open. The earlier file stays, under another name.
 * @throws StorageError as {@link prepareRestore}
 */
export async function restoreBackup(from: string, to: string): Promise<RestoreSummary> {
  return (await prepareRestore(from, to)).commit();
}

async function replace(copy: string, to: string, summary: BackupSummary): Promise<RestoreSummary> {
  // Its write-ahead log would be played into the restored file.
  if (existsSync(to)) await settleEarlier(to).catch(refuseIfLocked);
  const movedTo = moveAside(to);
  renameSync(copy, to);
  syncFolderOf(to);
  return { ...summary, movedTo };
}

async function settleEarlier(path: string): Promise<void> {
  refuseIfOpenHere(path);
  await inThread('settle', path);
}

/** A file that is damaged, or not ours, is a reason to restore. */
function refuseIfLocked(error: StorageError): void {
  if (error.code === 'storage-locked') throw new StorageError('restore-refused', error.message);
}

/** A connection ends with its thread: until then, whatever was asked of it keeps the file open. */
async function inThread(task: CheckTask['task'], path: string): Promise<BackupContents | undefined> {
  const { worker, ended } = startThread(new URL('./check.js', import.meta.url), { task, path } satisfies CheckTask);
  const [answer] = (await once(worker, 'message')) as [CheckReply];
  await ended;
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

/** Of one file, whatever becomes of its name. */
async function measure(path: string): Promise<Pick<BackupSummary, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
