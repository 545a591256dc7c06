import type { Page } from 'playwright-core';

/** All that an origin keeps in this browser, whoever put it there. */
export interface Stored {
  readonly databases: { readonly [name: string]: { readonly [store: string]: { readonly [key: string]: unknown } } };
  readonly local: { readonly [key: string]: string };
  readonly session: { readonly [key: string]: string };
  readonly cookies: string;
  readonly caches: readonly string[];
}

/** Reads it without a trace, from any page of the origin. */
export function stored(page: Page): Promise<Stored> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const databases: { [name: string]: { [store: string]: { [key: string]: unknown } } } = {};
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      const stores: { [store: string]: { [key: string]: unknown } } = {};
      for (const store of database.objectStoreNames) {
        const texts = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([settled(texts.getAllKeys()), settled(texts.getAll())]);
        stores[store] = Object.fromEntries(keys.map((key, i) => [String(key), values[i]]));
      }
      database.close();
      databases[name] = stores;
    }
    return {
      databases,
      local: { ...localStorage },
      session: { ...sessionStorage },
      cookies: document.cookie,
      caches: await caches.keys(),
    };
  });
}
