import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
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
        if (text === undefined) await rm(path(key), { force: true });
        else await replaceFile(path(key), text);
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

/** Written synchronously, so that a process about to die leaves them behind. */
function fileNotes(directory: string): Notes {
  return {
    append(text) {
      mkdirSync(directory, { recursive: true });
      const name = join(directory, `${randomBytes(8).toString('hex')}.json`);
      const file = openSync(`${name}.new`, 'wx', 0o600);
      writeSync(file, text);
      fsyncSync(file);
      closeSync(file);
      renameSync(`${name}.new`, name);
    },
    async list() {
      if (!existsSync(directory)) return [];
      const names = (await readdir(directory)).filter((name) => name.endsWith('.json'));
      return Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const));
    },
    async remove(names) {
      for (const name of names) await rm(join(directory, name), { force: true });
    },
  };
}

const LOCK_WAIT = 10;
/** Breaking a dead process's lock takes a few milliseconds; a breaker this old has died, too. */
const BREAKER_AGE = 10_000;

/**
 * Runs `task` while this process holds the lock file. Whoever finds the file waits while the process named in it
 * lives; a dead one's lock is removed, by one breaker at a time.
 */
async function withLockFile<T>(path: string, directory: string, task: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  const token = `${process.pid} ${randomBytes(8).toString('hex')}`;
  while (!(await tryCreate(path, token))) {
    await breakIfDead(path);
    await sleep(LOCK_WAIT);
  }
  try {
    return await task();
  } finally {
    await unlink(path);
  }
}

async function tryCreate(path: string, text: string): Promise<boolean> {
  // Created whole: a reader never finds a lock without its owner.
  const fresh = `${path}.${text.split(' ')[1]}`;
  const file = await open(fresh, 'wx', 0o600);
  await file.writeFile(text);
  await file.close();
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
  if (owner === undefined || isAlive(Number(owner.split(' ')[0]))) return;
  const breaker = `${path}.break`;
  try {
    await mkdir(breaker);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    const age = await stat(breaker).then(
      (s) => Date.now() - s.mtimeMs,
      () => 0,
    );
    if (age > BREAKER_AGE) await rmdir(breaker).catch(() => undefined);
    return;
  }
  try {
    if ((await readIfThere(path)) === owner) await unlink(path);
  } finally {
    await rmdir(breaker);
  }
}

function isAlive(pid: number): boolean {
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
