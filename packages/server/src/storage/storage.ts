import type { State } from '@dither/mechanisms';
import type { Registry } from '@dither/protocol';
import type { Contributions } from '../ingest/contributions.js';

/** A validated batch on its way to be counted. */
export interface IncomingBatch {
  /** The day it was made. Day and nonce name the batch. */
  readonly day: number;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** Canonical bytes: what a log keeps until the counters hold it. */
  readonly bytes: Uint8Array;
  /** What `bytes` adds to the counters. */
  readonly contributions: Contributions;
}

/**
 * `accepted`: counted by this call. `duplicate`: counted by another call, here or through another server. `too-old`: made so long ago that nobody
 * remembers whether it was; not counted.
 */
export type Outcome = 'accepted' | 'duplicate' | 'too-old';

export interface WindowState {
  readonly window: number;
  readonly state: State;
}

/** A named list of texts that may be asked for, as it is kept. */
export interface CandidateList {
  /** 1 to 64 of a-z, 0-9, hyphen. */
  readonly name: string;
  /** Number of texts. */
  readonly count: number;
  /** Of `bytes`, as 64 hexadecimal digits. */
  readonly sha256: string;
  /** UTF-8: one text a line, none empty, none twice, each line ended by LF. */
  readonly bytes: Uint8Array;
}

/** A list without its texts. */
export interface CandidateSummary extends Omit<CandidateList, 'bytes'> {
  /** Length of the list, in bytes. */
  readonly bytes: number;
}

export interface WindowCount {
  readonly window: number;
  /** Reports counted. */
  readonly n: number;
}

/** What the server keeps for itself: who may read, what devices send, and which registries it does not know. */
export type RecordKind = 'read-token' | 'write-key' | 'unknown-registry';

/** A small text, named by its kind and id. */
export interface StoredRecord {
  readonly kind: RecordKind;
  readonly id: string;
  /** JSON. */
  readonly text: string;
}

/** How much a storage holds, as far as this process knows, for those who watch over it. */
export interface StorageUsage {
  /** Nonces remembered, wherever they are. */
  readonly nonces: number;
  /** Memory of those that are in memory, in bytes. */
  readonly nonceBytes: number;
  /** Batches in the log, or in counters that are not written yet. */
  readonly logBatches: number;
  /** Bytes on this machine's disk; 0 where there are none. */
  readonly diskBytes: number;
}

/** A stored registry that this version cannot read as it was stored. What it left stays on disk as it is. */
export interface SetAside {
  readonly fingerprint: string;
  /** Why it cannot be read: a code of `RegistryError`. */
  readonly reason: string;
}

/**
 * Where counters, nonces, registries, lists of candidates and records live. `test/storage.contract.ts` holds every
 * adapter to what is said here.
 *
 * Reports are never kept: counters are, and the nonces that say which batches they hold. An adapter may keep a batch
 * in a log for at most 60 s. Windows that begin more than `retentionDays` days before the newest day counted but one are
 * forgotten: like the nonces they follow what was counted and not a clock.
 *
 * Everything rejects with a `StorageError`. After `outcome-unknown` a write may or may not have happened: doing it again
 * settles it.
 */
export interface Storage {
  /** Durable when it resolves. A registry of the same fingerprint takes the place of the earlier text. */
  saveRegistry(registry: Registry): Promise<void>;
  /** Every registry ever saved, in the order in which they were last saved, but for those set aside. */
  registries(): Promise<readonly Registry[]>;
  /** As far as this process knows. Saving a registry of that fingerprint takes it out of here. */
  readonly setAside: readonly SetAside[];

  /**
   * Counts batches, each exactly once however often it comes and through whichever server, and together: all accepted
   * ones are durable when the promise resolves, and none is if it rejects with `not-stored`. After `outcome-unknown`
   * they may be, and committing them again tells. One call at a time from each process. Their registries are saved.
   *
   * Nonces are remembered for `retainedDays` days before the newest day counted; what is older is `too-old`.
   *
   * @returns one outcome per batch, in order; of two that are the same, the second is a duplicate
   * @throws StorageError `not-stored`, `outcome-unknown`, `storage-broken`
   */
  commit(batches: readonly IncomingBatch[]): Promise<readonly Outcome[]>;

  /**
   * The newest day of a batch that was counted, as far as this process knows; undefined before the first. It may lag behind
   * what other servers counted, and is never ahead of what is durable: batches are refused for good by it.
   */
  readonly newestDay: number | undefined;

  /**
   * States of the metric's windows whose first day lies in [from, to], earliest first. Snapshots: later commits do
   * not change them.
   * @param metric - fingerprint
   */
  states(metric: string, from: number, to: number): Promise<readonly WindowState[]>;
  /** Windows of the metric that hold reports, earliest first. */
  windows(metric: string): Promise<readonly WindowCount[]>;

  /** Durable when it resolves. A list of the same name is replaced. */
  saveCandidates(list: CandidateList): Promise<void>;
  /** The list of that name, or undefined. */
  candidates(name: string): Promise<CandidateList | undefined>;
  /** All lists, sorted by name. */
  candidateLists(): Promise<readonly CandidateSummary[]>;
  /** @returns whether there was one; gone for good when it resolves */
  deleteCandidates(name: string): Promise<boolean>;

  /** Durable when it resolves. A record of the same kind and id is replaced. */
  putRecord(record: StoredRecord): Promise<void>;
  /** Sorted by id. */
  records(kind: RecordKind): Promise<readonly StoredRecord[]>;
  /** @returns whether there was one; gone for good when it resolves */
  deleteRecord(kind: RecordKind, id: string): Promise<boolean>;

  /** Writes something and makes it durable, to see whether that works now. */
  probe(): Promise<void>;
  usage(): StorageUsage;

  /** Writes out what is pending, and lets go of everything. */
  close(): Promise<void>;
}
