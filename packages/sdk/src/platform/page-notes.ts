import type { Notes } from './platform.js';

/**
 * Notes in `localStorage`: the one storage that takes something from a page which is going away, as at a link that was
 * clicked; a database only begins to. A worker has none, and need not: it is not left in the middle of something.
 */
export function pageNotes(prefix: string): Notes | undefined {
  try {
    // Where it is forbidden, to ask for it throws.
    const { localStorage, crypto } = globalThis as Partial<typeof globalThis>;
    return (
      localStorage && {
        append: (text) => localStorage.setItem(prefix + crypto?.randomUUID(), text),
        list: async () => Object.entries<string>(localStorage).filter(([name]) => name.startsWith(prefix)),
        async remove(names) {
          for (const name of names) localStorage.removeItem(name);
        },
      }
    );
  } catch {
    return undefined;
  }
}
