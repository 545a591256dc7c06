import type { AsyncStorageLike } from '@dither/sdk/async-storage';

export interface KeyValueStore {
  readonly store: AsyncStorageLike;
  readonly texts: Map<string, string>;
  /** What was asked of it, in that order; a write is told when it begins and when it is done. */
  readonly calls: string[];
}

/** What React Native's AsyncStorage is like: nothing is there before its promise resolves. */
export function keyValueStore(fails: (key: string) => boolean = () => false): KeyValueStore {
  const texts = new Map<string, string>();
  const calls: string[] = [];
  async function work(name: string, key: string, change: () => void): Promise<void> {
    calls.push(`${name} ${key}`);
    await new Promise((resolve) => setImmediate(resolve));
    if (fails(key)) throw new Error('the disk is full');
    change();
    calls.push(`${key} is there`);
  }
  const store: AsyncStorageLike = {
    async getItem(key) {
      await new Promise((resolve) => setImmediate(resolve));
      return texts.get(key) ?? null;
    },
    setItem: (key, text) => work('set', key, () => void texts.set(key, text)),
    removeItem: (key) => work('remove', key, () => void texts.delete(key)),
  };
  return { store, texts, calls };
}
