import { pageNotes } from './page-notes.js';
import type { Storage } from './platform.js';

const STORE = 'texts';

/**
 * Storage in IndexedDB, shared by the tabs and workers of an origin. Nothing is created before the first write: until
 * the person was asked, and in private mode, the origin's storage stays as it was.
 */
export function databaseStorage(
  name: string,
  factory: IDBFactory | undefined,
  locks: LockManager | undefined,
): Storage {
  let opened: Promise<IDBDatabase> | undefined;

  function open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = (factory as IDBFactory).open(name);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => {
        const { result } = request;
        // Whoever deletes it need not wait for this page.
        result.onversionchange = () => result.close();
        resolve(result);
      };
      request.onerror = () => reject(request.error);
    });
  }

  /** Resolves once the transaction is on disk. */
  async function transact<T>(mode: IDBTransactionMode, use: (texts: IDBObjectStore) => T): Promise<T> {
    try {
      opened ??= open();
      const transaction = (await opened).transaction(STORE, mode, { durability: 'strict' });
      const result = use(transaction.objectStore(STORE));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      return result;
    } catch (error) {
      // Closed, or taken away by the browser: the next access opens it anew.
      opened = undefined;
      throw error;
    }
  }

  return {
    isDurable: !!factory?.databases && !!locks,
    async read<K extends string>(keys: readonly K[]) {
      const isThere = opened || (await factory?.databases())?.some((database) => database.name === name);
      const found = isThere
        ? await transact('readonly', (texts) => keys.map((key) => [key, texts.get(key)] as const))
        : [];
      return Object.fromEntries(found.map(([key, { result }]) => [key, result])) as { [key in K]: string | undefined };
    },
    write: (entries) =>
      transact('readwrite', (texts) => {
        for (const [key, text] of entries) {
          if (text === undefined) texts.delete(key);
          else texts.put(text, key);
        }
      }),
    lock: (lock, task) => (locks as LockManager).request(`${name}:${lock}`, task),
    notes: factory && pageNotes(`${name}:`),
  };
}
