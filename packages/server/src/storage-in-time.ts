import { StorageError } from './errors.js';
import type { Storage } from './storage/storage.js';

/** What routes for analysts ask of a storage. */
export type AnalystStorage = Pick<
  Storage,
  'states' | 'windows' | 'saveCandidates' | 'candidates' | 'candidateLists' | 'deleteCandidates'
>;

/**
 * The storage to whoever cannot wait for ever: what it does not answer in `milliseconds`, say on a disk that hangs, rejects
 * with `outcome-unknown`. It is not taken back: a write may still happen.
 */
export function storageInTime(storage: AnalystStorage, milliseconds: number): AnalystStorage {
  const inTime = <T>(answer: Promise<T>): Promise<T> => within(milliseconds, answer);
  return {
    states: (metric, from, to) => inTime(storage.states(metric, from, to)),
    windows: (metric) => inTime(storage.windows(metric)),
    saveCandidates: (list) => inTime(storage.saveCandidates(list)),
    candidates: (name) => inTime(storage.candidates(name)),
    candidateLists: () => inTime(storage.candidateLists()),
    deleteCandidates: (name) => inTime(storage.deleteCandidates(name)),
  };
}

async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new StorageError('outcome-unknown', 'the storage does not answer');
    timer = setTimeout(reject, milliseconds, error);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
