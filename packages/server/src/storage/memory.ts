import { policy, type Registry, toHex } from '@dither/protocol';
import { StorageError } from '../errors.js';
import { Counters } from './counters.js';
import type { CandidateList, IncomingBatch, Outcome, Storage } from './storage.js';
import { sortedByName, summaryOf } from './summaries.js';

/** The reference: as plain as it can be, and gone with the process. For tests and for trying things out. */
export function memoryStorage(options: { readonly retainedDays?: number } = {}): Storage {
  const { retainedDays = policy.retainedDays } = options;
  const registries = new Map<string, Registry>();
  const counters = new Counters();
  const nonces = new Map<number, Set<string>>();
  const lists = new Map<string, CandidateList>();
  let isOpen = true;

  function count(batch: IncomingBatch): Outcome {
    const newest = Math.max(...nonces.keys());
    if (batch.day < newest - retainedDays) return 'too-old';
    const nonce = toHex(batch.nonce);
    const ofDay = nonces.get(batch.day) ?? new Set();
    if (ofDay.has(nonce)) return 'duplicate';
    nonces.set(batch.day, ofDay.add(nonce));
    for (const day of nonces.keys()) if (day < batch.day - retainedDays) nonces.delete(day);
    for (const contribution of batch.contributions) counters.add(contribution);
    return 'accepted';
  }

  return {
    async saveRegistry(registry) {
      registries.set(registry.fingerprint, registry);
    },
    registries: async () => [...registries.values()],
    setAside: [],
    async commit(batches) {
      if (!isOpen) throw new StorageError('not-stored', 'the storage is closed');
      return batches.map(count);
    },
    states: async (metric, from, to) => counters.states(metric, from, to),
    windows: async (metric) => counters.windows(metric),
    async saveCandidates(list) {
      if (!isOpen) throw new StorageError('not-stored', 'the storage is closed');
      lists.set(list.name, list);
    },
    candidates: async (name) => lists.get(name),
    candidateLists: async () => sortedByName([...lists.values()].map(summaryOf)),
    deleteCandidates: async (name) => lists.delete(name),
    async close() {
      isOpen = false;
    },
  };
}
