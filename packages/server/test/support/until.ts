import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MILLISECONDS = 120_000;

/** For `vi.waitFor` and `expect.poll`, which give up after a second. */
export const PATIENTLY = { timeout: LIMIT_MILLISECONDS };

/** Resolves when it holds; a slow machine takes longer. @throws Error naming what did not come */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + LIMIT_MILLISECONDS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`in vain waited for ${what}`);
    await sleep(10);
  }
}
