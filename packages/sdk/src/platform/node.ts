import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { secureSource } from '@dither/mechanisms';
import { MAX_ANSWER_LENGTH } from '@dither/protocol';
import { REQUEST_TIMEOUT } from '../policy.js';
import { ageOf, readIfThere, withLockFile } from './node-lock.js';
import type { Answer, Notes, Platform, Storage } from './platform.js';

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
  const { directory, timeout = REQUEST_TIMEOUT } = options;
  async function answer(url: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(url, {
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
      ...init,
    });
    return {
      status: response.status,
      contentType: (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
      retryAfter: response.headers.get('retry-after') ?? undefined,
      body: await textOf(response),
    };
  }

  return {
    storage: fileStorage(directory),
    clock: { wall: () => Date.now(), monotonic: () => performance.now() },
    source: secureSource(globalThis.crypto),
    closings: closingsOf(resolve(directory)),
    schedule(delay, task) {
      const timer = setTimeout(() => void task(), delay);
      timer.unref();
      return () => clearTimeout(timer);
    },
    send: (url, body, key) =>
      answer(url, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', ...(key && { 'dither-key': key }) },
        body: body as Uint8Array<ArrayBuffer>,
      }),
    get: (url) => answer(url),
    debug: (...parts) => console.debug(...parts),
  };
}

/** Where the closings of a process stand: one place for all copies of this module, of which `import` and `require` load two. */
const CLOSINGS = Symbol.for('@dither/sdk closings');

/** By folder, for all platforms that this process makes over it. */
function closingsOf(directory: string): Map<string, number> {
  const shared = globalThis as { [CLOSINGS]?: Map<string, Map<string, number>> };
  shared[CLOSINGS] ??= new Map();
  const known = shared[CLOSINGS].get(directory) ?? new Map<string, number>();
  shared[CLOSINGS].set(directory, known);
  return known;
}

/** The answer's text, or '' if it is longer than any answer of ours: a network in between may send without end. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    // Leaving the loop cancels the rest.
    if (text.length > MAX_ANSWER_LENGTH) return '';
  }
  return text + decoder.decode();
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
      await mkdir(directory, { recursive: true, mode: 0o700 });
      for (const [key, text] of entries) {
        if (text === undefined) {
          // Also what a process left that was killed in the middle of a write.
          for (const old of [path(key), `${path(key)}.new`]) await rm(old, { force: true });
        } else await replaceFile(path(key), text);
        await syncFolder(directory);
      }
    },
    lock: (name, task) => withLockFile(join(directory, `${name}.lock`), task),
    notes: fileNotes(join(directory, 'notes')),
  };
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
  // Windows cannot open a folder.
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
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      // Their names sort in the order they were written: the last event of a period must stay the last.
      const moment = `${String(Date.now()).padStart(15, '0')}-${String(written++).padStart(6, '0')}`;
      const name = join(directory, `${moment}-${randomBytes(8).toString('hex')}.json`);
      const file = openSync(`${name}.new`, 'wx', 0o600);
      try {
        // All of it or an error: a note cut short would be one that nobody can read.
        writeFileSync(file, text);
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
