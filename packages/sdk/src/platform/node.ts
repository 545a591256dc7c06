import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { secureSource } from '@dither/mechanisms';
import { policy } from '../policy.js';
import type { Notes, Platform, Storage } from './platform.js';

export interface NodePlatformOptions {
  /**
   * Folder that makes this installation, on a local disk; created if missing. One per app and person: sharing it
   * between persons, or copying it to another machine, makes them one installation or doubles what one spends.
   */
  readonly directory: string;
  /** Milliseconds before a request without an answer is given up; 30,000 unless told. */
  readonly timeout?: number;
}

/**
 * A desktop app or command-line tool on Node. A server that acts for many people is not a client and must not use
 * this: the unit that is protected is an installation.
 */
export function nodePlatform(options: NodePlatformOptions): Platform {
  const { directory, timeout = 30_000 } = options;
  return {
    storage: fileStorage(directory),
    clock: { wall: () => Date.now(), monotonic: () => performance.now() },
    source: secureSource(globalThis.crypto),
    schedule(delay, task) {
      const timer = setTimeout(() => void task(), delay);
      timer.unref();
      return () => clearTimeout(timer);
    },
    async send(url, body) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: body as Uint8Array<ArrayBuffer>,
        credentials: 'omit',
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
      });
      return {
        status: response.status,
        contentType: (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
        retryAfter: response.headers.get('retry-after') ?? undefined,
        body: (await response.text()).slice(0, policy.maxAnswerBytes + 1),
      };
    },
  };
}

/** One file per key. A write is a new file, synced, renamed over the old one, and the folder synced. */
function fileStorage(directory: string): Storage {
  const path = (key: string): string => join(directory, `${key}.json`);
  return {
    isDurable: true,
    async read<K extends string>(keys: readonly K[]) {
      const entries = await Promise.all(keys.map(async (key) => [key, await readIfThere(path(key))] as const));
      return Object.fromEntries(entries) as { [key in K]: string | undefined };
    },
    async write(entries) {
      await mkdir(directory, { recursive: true });
      for (const [key, text] of entries) {
        if (text === undefined) {
          // Also what a process left that was killed in the middle of a write.
          for (const old of [path(key), `${path(key)}.new`]) await rm(old, { force: true });
        } else await replaceFile(path(key), text);
        await syncFolder(directory);
      }
    },
    lock: (name, task) => withLockFile(join(directory, `${name}.lock`), directory, task),
    notes: fileNotes(join(directory, 'notes')),
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}

async function syncFolder(directory: string): Promise<void> {
  // Windows cannot open a folder; its renames are journalled.
  if (process.platform === 'win32') return;
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A note half written for this long is one whose process was killed over it. */
const ABANDONED_AGE = 60_000;

/** Written synchronously, so that a process about to die leaves them behind. */
function fileNotes(directory: string): Notes {
  let written = 0;
  return {
    append(text) {
      mkdirSync(directory, { recursive: true });
      // Their names sort in the order they were written: the last event of a period must stay the last.
      const moment = `${String(Date.now()).padStart(15, '0')}-${String(written++).padStart(6, '0')}`;
      const name = join(directory, `${moment}-${randomBytes(8).toString('hex')}.json`);
      const file = openSync(`${name}.new`, 'wx', 0o600);
      try {
        writeSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(`${name}.new`, name);
      syncFolderNow(directory);
    },
    async list() {
      if (!existsSync(directory)) return [];
      const files = (await readdir(directory)).sort();
      for (const half of files.filter((name) => name.endsWith('.new')).map((name) => join(directory, name))) {
        if ((await ageOf(half)) > ABANDONED_AGE) await rm(half, { force: true });
      }
      const names = files.filter((name) => name.endsWith('.json'));
      return Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const));
    },
    async remove(names) {
      for (const name of names) await rm(join(directory, name), { force: true });
    },
  };
}

function syncFolderNow(directory: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(directory, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Milliseconds since `path` was written; 0 if it is gone. */
async function ageOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}

const LOCK_WAIT = 10;
/** Breaking a dead process's lock takes a few milliseconds; a breaker this old has died, too. */
const BREAKER_AGE = 10_000;

/**
 * When this process started, in seconds by the clock that cannot be set: the same in all its threads. In a container
 * the process after it may well have the same id.
 */
const STARTED = Number(process.hrtime.bigint()) / 1e9 - process.uptime();
const STARTED_TOLERANCE = 0.1;

/**
 * Runs `task` while this process holds the lock file. Whoever finds the file waits while the process named in it
 * lives; a dead one's lock is removed, by one breaker at a time.
 */
async function withLockFile<T>(path: string, directory: string, task: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  while (!(await tryCreate(path))) {
    await breakIfDead(path);
    await sleep(LOCK_WAIT);
  }
  try {
    return await task();
  } finally {
    await unlink(path);
  }
}

async function tryCreate(path: string): Promise<boolean> {
  const token = randomBytes(8).toString('hex');
  // Created whole: a reader never finds a lock without its owner.
  const fresh = `${path}.${token}`;
  await writeFile(fresh, `${process.pid} ${STARTED} ${token}`, { flag: 'wx', mode: 0o600 });
  try {
    await link(fresh, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(fresh);
  }
}

async function breakIfDead(path: string): Promise<void> {
  const owner = await readIfThere(path);
  if (owner === undefined || isOwnerAlive(owner)) return;
  const breaker = `${path}.break`;
  try {
    await mkdir(breaker);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    if ((await ageOf(breaker)) > BREAKER_AGE) await rmdir(breaker).catch(() => undefined);
    return;
  }
  try {
    if ((await readIfThere(path)) === owner) await unlink(path);
  } finally {
    await rmdir(breaker);
  }
}

function isOwnerAlive(owner: string): boolean {
  const [pid, started] = owner.split(' ').map(Number) as [number, number];
  if (pid === process.pid) return Math.abs(started - STARTED) < STARTED_TOLERANCE;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
