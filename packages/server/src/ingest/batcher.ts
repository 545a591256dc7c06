import { ProblemError, StorageError, type StorageErrorCode } from '../errors.js';
import { serverPolicy } from '../policy.js';
import { batchName } from '../storage/batch-name.js';
import type { IncomingBatch, Outcome, Storage } from '../storage/storage.js';

/** Gathers the batches that arrive while a commit runs into the next one: one commit, and one fsync, for many. */
export interface Batcher {
  /**
   * Resolves when the batch is durable, or known not to be counted. A batch that is waiting already is not queued
   * again: its duplicate waits for the same commit.
   * @throws ProblemError `unavailable`: nothing was stored, or nobody knows; the same batch may come again
   */
  submit(batch: IncomingBatch): Promise<Outcome>;
  /** What waits, in bytes. */
  readonly pendingBytes: number;
  /** Waits for what is queued; then nothing is taken any more. */
  close(): Promise<void>;
}

export interface BatcherOptions {
  /** Called once, when the storage is broken: the process must stop, the disk knows the truth. */
  readonly onFatal: (error: Error) => void;
  readonly pendingBytes?: number;
  readonly groupBatches?: number;
}

/**
 * Turns of the event loop before a commit. It costs microseconds where nothing comes, and makes groups half as large again
 * where much does: a sync is by far the most expensive thing here.
 */
const TURNS = 4;

interface Entry {
  readonly batch: IncomingBatch;
  readonly key: string;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher(storage: Pick<Storage, 'commit'>, options: BatcherOptions): Batcher {
  const { onFatal, pendingBytes = serverPolicy.pendingBytes, groupBatches = serverPolicy.groupBatches } = options;
  /** Forming or in flight, by day and nonce. */
  const pending = new Map<string, Promise<Outcome>>();
  let forming: Entry[] = [];
  let bytes = 0;
  let running: Promise<void> | undefined;
  let isOpen = true;

  function settle(group: readonly Entry[], each: (entry: Entry, i: number) => void): void {
    group.forEach((entry, i) => {
      pending.delete(entry.key);
      bytes -= roomOf(entry.batch);
      each(entry, i);
    });
  }

  function fail(group: readonly Entry[]): void {
    settle(group, (entry) => entry.reject(new ProblemError('unavailable')));
  }

  async function commit(group: readonly Entry[]): Promise<void> {
    try {
      const outcomes = await storage.commit(group.map((entry) => entry.batch));
      settle(group, (entry, i) => entry.resolve(outcomes[i] as Outcome));
    } catch (error) {
      fail(group);
      // Neither says that a batch was counted twice or half: its client asks again, and the nonce tells.
      if (error instanceof StorageError && MENDABLE.has(error.code)) return;
      isOpen = false;
      fail(forming);
      forming = [];
      onFatal(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async function run(): Promise<void> {
    for (await gather(); forming.length > 0; await gather()) await commit(forming.splice(0, groupBatches));
    running = undefined;
  }

  /** Requests that were read from their sockets together form one group, and so do those whose clients were just answered. */
  async function gather(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    async submit(batch) {
      const key = batchName(batch);
      const earlier = pending.get(key);
      if (earlier !== undefined) {
        const outcome = await earlier;
        return outcome === 'accepted' ? 'duplicate' : outcome;
      }
      if (!isOpen || bytes >= pendingBytes) throw new ProblemError('unavailable');
      const done = new Promise<Outcome>((resolve, reject) => {
        forming.push({ batch, key, resolve, reject });
      });
      pending.set(key, done);
      bytes += roomOf(batch);
      running ??= run();
      return done;
    },
    get pendingBytes() {
      return bytes;
    },
    async close() {
      isOpen = false;
      await running;
    },
  };
}

/** Memory of a batch that waits, in bytes, with its request and what was read from it: about. */
function roomOf({ bytes, contributions }: IncomingBatch): number {
  return REQUEST_BYTES + bytes.length + ENTRY_BYTES * contributions.length;
}

const REQUEST_BYTES = 8192;
const ENTRY_BYTES = 32;

const MENDABLE: ReadonlySet<StorageErrorCode> = new Set(['not-stored', 'outcome-unknown']);
