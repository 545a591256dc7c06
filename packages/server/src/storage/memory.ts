import { policy, type Registry, toHex } from '@dither/protocol';
import { StorageError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import { Counters } from './counters.js';
import type { CandidateList, IncomingBatch, Outcome, Storage, StoredRecord } from './storage.js';
import { sortedByName, summaryOf } from './summaries.js';

export interface MemoryOptions {
  readonly retainedDays?: number;
  readonly retentionDays?: number | false;
}

/** The reference: as plain as it can be, and gone with the process. For tests and for trying things out. */
export function memoryStorage(options: MemoryOptions = {}): Storage {
  const { retainedDays = policy.retainedDays, retentionDays = serverPolicy.retentionDays } = options;
  const registries = new Map<string, Registry>();
  const counters = new Counters();
  const nonces = new Map<number, Set<string>>();
  const lists = new Map<string, CandidateList>();
  const records = new Map<string, StoredRecord>();
  let isOpen = true;

  function count(batch: IncomingBatch): Outcome {
    const newest = Math.max(...nonces.keys());
    if (batch.day < newest - retainedDays) return 'too-old';
    const nonce = toHex(batch.nonce);
    const ofDay = nonces.get(batch.day) ?? new Set();
    if (ofDay.has(nonce)) return 'duplicate';
    nonces.set(batch.day, ofDay.add(nonce));
    for (const day of nonces.keys()) if (day < batch.day - retainedDays) nonces.delete(day);
    counters.add([batch]);
    const [, believed] = [...nonces.keys()].sort((a, b) => b - a);
    if (retentionDays !== false && believed !== undefined) counters.forget(believed - retentionDays);
    return 'accepted';
  }

  function checkOpen(): void {
    if (!isOpen) throw new StorageError('not-stored', 'the storage is closed');
  }

  return {
    async saveRegistry(registry) {
      checkOpen();
      registries.delete(registry.fingerprint);
      registries.set(registry.fingerprint, registry);
    },
    registries: async () => [...registries.values()],
    setAside: [],
    async commit(batches) {
      checkOpen();
      return batches.map(count);
    },
    get newestDay() {
      return nonces.size === 0 ? undefined : Math.max(...nonces.keys());
    },
    states: async (metric, from, to) => counters.states(metric, from, to),
    windows: async (metric) => counters.windows(metric),
    async saveCandidates(list) {
      checkOpen();
      lists.set(list.name, list);
    },
    candidates: async (name) => lists.get(name),
    candidateLists: async () => sortedByName([...lists.values()].map(summaryOf)),
    deleteCandidates: async (name) => lists.delete(name),
    async putRecord(record) {
      checkOpen();
      records.set(`${record.kind} ${record.id}`, record);
    },
    records: async (kind) =>
      [...records.values()].filter((record) => record.kind === kind).sort((a, b) => (a.id < b.id ? -1 : 1)),
    deleteRecord: async (kind, id) => records.delete(`${kind} ${id}`),
    async probe() {
      checkOpen();
    },
    usage: () => ({
      nonces: [...nonces.values()].reduce((sum, { size }) => sum + size, 0),
      nonceBytes: 0,
      logBatches: 0,
      diskBytes: 0,
    }),
    async close() {
      isOpen = false;
    },
  };
}
