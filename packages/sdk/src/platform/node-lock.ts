import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { link, mkdir, readFile, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FOREIGN_LOCK_AGE, LOCK_BREAKER_AGE, LOCK_PATIENCE, LOCK_WAIT } from '../policy.js';

/**
 * Runs `task` while this process holds the lock file at `path`. Whoever finds the file waits while its owner lives; a
 * dead owner's lock is removed, by one breaker at a time.
 *
 * @throws Error if the lock is not to be had in `LOCK_PATIENCE`: an app must be able to end
 */
export async function withLockFile<T>(path: string, task: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const began = performance.now();
  let held = await tryCreate(path);
  while (held === undefined) {
    await breakIfDead(path);
    if (performance.now() - began > LOCK_PATIENCE) throw new Error('the storage is locked by another process');
    await sleep(LOCK_WAIT);
    held = await tryCreate(path);
  }
  try {
    return await task();
  } finally {
    // Unless somebody took this process for dead: then the lock is theirs.
    if ((await readIfThere(path)) === held) await unlink(path);
  }
}

/** Who holds a lock, as its file says. */
interface Owner {
  readonly pid: number;
  /** Tells a process from one that has its id after it. */
  readonly started: string;
  /** Where `pid` means something: a container or sandbox has ids of its own, and so has a machine after it restarts. */
  readonly place: string;
}

const SELF: Owner = { pid: process.pid, started: startOf(process.pid), place: placeOfIds() };

/** @returns what the lock file says, or undefined if somebody else holds it */
async function tryCreate(path: string): Promise<string | undefined> {
  const token = randomBytes(8).toString('hex');
  // Created whole: a reader never finds a lock without its owner.
  const fresh = `${path}.${token}`;
  const text = JSON.stringify({ ...SELF, token });
  await writeFile(fresh, text, { flag: 'wx', mode: 0o600 });
  try {
    await link(fresh, path);
    return text;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return undefined;
    throw error;
  } finally {
    await unlink(fresh);
  }
}

async function breakIfDead(path: string): Promise<void> {
  const text = await readIfThere(path);
  if (text === undefined || isAlive(path, text)) return;
  const breaker = `${path}.break`;
  try {
    await mkdir(breaker);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    if ((await ageOf(breaker)) > LOCK_BREAKER_AGE) await rmdir(breaker).catch(() => undefined);
    return;
  }
  try {
    if ((await readIfThere(path)) === text) await unlink(path);
  } finally {
    await rmdir(breaker);
  }
}

/** Locks of owners that cannot be asked whether they live: what the file said, and since when, by monotonic time. */
const watched = new Map<string, { readonly text: string; readonly since: number }>();

function isAlive(path: string, text: string): boolean {
  const owner = parseOwner(text);
  if (owner?.place === SELF.place) return isRunning(owner);
  // Held for milliseconds at a time. That the same one is still there after so long, all of it spent awake, means that
  // its owner went down with its container or its machine.
  const now = performance.now();
  const before = watched.get(path);
  if (before?.text !== text) watched.set(path, { text, since: now });
  return before?.text !== text || now - before.since < FOREIGN_LOCK_AGE;
}

function parseOwner(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    // Not written by this version: an owner that cannot be asked.
    return undefined;
  }
}

function isRunning({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isCode(error, 'ESRCH')) return false;
  }
  return startOf(pid) === started;
}

/** When a process started, in a form that only ever equals itself; '' where the system does not say. */
function startOf(pid: number): string {
  try {
    // Field 22 of /proc/PID/stat, counted after the name, which is in parentheses and may hold anything.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    // No /proc: then a living process of that id counts as the owner.
    return '';
  }
}

function placeOfIds(): string {
  try {
    return `${readlinkSync('/proc/self/ns/pid')} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
  } catch {
    // No /proc: one machine has one set of ids.
    return hostname();
  }
}

export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Milliseconds since `path` was written; 0 if it is gone. */
export async function ageOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
