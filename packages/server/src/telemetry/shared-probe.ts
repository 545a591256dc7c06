import type { Clock } from '../clock.js';
import { serverPolicy } from '../policy.js';
import type { Storage } from '../storage/storage.js';

/**
 * Whether batches can be stored now. However many ask, the storage is tried at most once a second, one try at a time; one
 * that takes too long counts as a failure.
 */
export function sharedProbe(storage: Pick<Storage, 'probe'>, clock: Clock): () => Promise<boolean> {
  let last: { readonly at: number; readonly isWritable: Promise<boolean> } | undefined;
  let running: Promise<boolean> | undefined;

  function probe(): Promise<boolean> {
    running ??= storage
      .probe()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        running = undefined;
      });
    return within(serverPolicy.probeMilliseconds, running);
  }

  return () => {
    const now = clock.now();
    if (last === undefined || Math.abs(now - last.at) >= serverPolicy.probeEveryMilliseconds) {
      last = { at: now, isWritable: probe() };
    }
    return last.isWritable;
  };
}

async function within(milliseconds: number, result: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
