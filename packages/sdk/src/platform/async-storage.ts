import { inProcessLock } from './in-process-lock.js';
import type { Storage } from './platform.js';

/** The part of React Native's AsyncStorage that is needed; MMKV, SecureStore and others can be brought to its shape. */
export interface AsyncStorageLike {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, text: string): Promise<unknown>;
  removeItem(key: string): Promise<unknown>;
}

/** One for each store, so that two storages over one exclude each other, as after a hot reload of the module that makes them. */
const locks = new WeakMap<AsyncStorageLike, Storage['lock']>();

/**
 * Storage over a key-value store that survives a restart of the device once `setItem` has resolved. One process at a time
 * may use it: there is no lock between processes.
 *
 * @param app - begins the keys; one per app
 * @example
 * const platform = webPlatform(app, { storage: asyncStorage(AsyncStorage, app) });
 */
export function asyncStorage(store: AsyncStorageLike, app: string): Storage {
  const lock = locks.get(store) ?? inProcessLock();
  locks.set(store, lock);
  const nameOf = (key: string): string => `dither:${app}:${key}`;
  return {
    isDurable: true,
    async read<K extends string>(keys: readonly K[]) {
      const entries = await Promise.all(
        keys.map(async (key) => [key, (await store.getItem(nameOf(key))) ?? undefined] as const),
      );
      return Object.fromEntries(entries) as { [key in K]: string | undefined };
    },
    async write(entries) {
      for (const [key, text] of entries) {
        if (text === undefined) await store.removeItem(nameOf(key));
        else await store.setItem(nameOf(key), text);
      }
    },
    lock: (name, task) => lock(nameOf(name), task),
  };
}
