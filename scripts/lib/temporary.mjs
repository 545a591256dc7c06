import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs `task` with a new folder that is gone afterwards.
 *
 * @template T
 * @param {(folder: string) => Promise<T>} task
 * @param {string} [parent]
 * @returns {Promise<T>}
 */
export async function inTemporaryFolder(task, parent = tmpdir()) {
  const folder = await mkdtemp(join(parent, 'dither-'));
  try {
    return await task(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
