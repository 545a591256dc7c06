import { existsSync, renameSync, rmSync } from 'node:fs';
import { syncFolderOf } from './file.js';

/**
 * Undoes a restore: the earlier file, where there was one, has its name again, and the restored one is gone. No server may
 * have either open.
 *
 * @param movedTo - where the earlier file is
 */
export function putBack(path: string, movedTo: string | undefined): void {
  // Its write-ahead log would be played into the earlier file.
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  if (movedTo === undefined) rmSync(path);
  else {
    for (const suffix of ['-wal', '-shm', '']) {
      if (existsSync(movedTo + suffix)) renameSync(movedTo + suffix, path + suffix);
    }
  }
  syncFolderOf(path);
}
