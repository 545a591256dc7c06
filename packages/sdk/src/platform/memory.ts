import type { WordSource } from '@dither/mechanisms';
import { inProcessLock } from './in-process-lock.js';
import type { Clock, Notes, Platform, Storage } from './platform.js';

/** Storage in memory: an installation as long as the object lives. The reference for the others. */
export function memoryStorage(texts: Map<string, string> = new Map()): Storage {
  return {
    isDurable: true,
    async read<K extends string>(keys: readonly K[]) {
      return Object.fromEntries(keys.map((key) => [key, texts.get(key)])) as { [key in K]: string | undefined };
    },
    async write(entries) {
      for (const [key, text] of entries) {
        if (text === undefined) texts.delete(key);
        else texts.set(key, text);
      }
    },
    lock: inProcessLock(),
    notes: memoryNotes(texts),
  };
}

const NOTE = 'note:';

/** No name is used twice, also by a later storage over the same map. */
let notes = 0;

function memoryNotes(texts: Map<string, string>): Notes {
  return {
    append(text) {
      texts.set(`${NOTE}${notes++}`, text);
    },
    async list() {
      return [...texts].filter(([key]) => key.startsWith(NOTE));
    },
    async remove(names) {
      for (const name of names) texts.delete(name);
    },
  };
}

export interface MemoryPlatformOptions {
  readonly source: WordSource;
  readonly clock: Clock;
  readonly schedule: Platform['schedule'];
  readonly send: Platform['send'];
  /** What was stored before: pass the same map again to restart the same installation. */
  readonly texts?: Map<string, string>;
  readonly globalPrivacyControl?: boolean;
}

/** A platform in memory, everything that varies given by the caller. */
export function memoryPlatform(options: MemoryPlatformOptions): Platform {
  const { texts, ...rest } = options;
  return { ...rest, storage: memoryStorage(texts), closings: new Map() };
}
