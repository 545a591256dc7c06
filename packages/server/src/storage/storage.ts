import type { State } from '@dither/mechanisms';
import type { Registry } from '@dither/protocol';
import type { Contribution } from '../ingest/contributions.js';

/** A validated batch on its way to be counted. */
export interface IncomingBatch {
  /** The day it was made. Day and nonce name the batch. */
  readonly day: number;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** Canonical bytes: what a log keeps until the counters hold it. */
  readonly bytes: Uint8Array;
  /** What `bytes` adds to the counters. */
  readonly contributions: readonly Contribution[];
}

/**
 * `accepted`: counted by this call. `duplicate`: had been counted before. `too-old`: made so long ago that nobody
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

/** A stored registry that this version cannot read as it was stored. What it left stays on disk as it is. */
export interface SetAside {
  readonly fingerprint: string;
  /** Why it cannot be read: a code of `RegistryError`. */
  readonly reason: string;
}

/**
 * Where counters, nonces, registries and lists of candidates live. `test/storage.contract.ts` holds every adapter to what is said here.
 *
 * Reports are never kept: counters are, and the nonces that say which batches they hold. An adapter may keep a batch
 * in a log for at most 60 s.
 */
export interface Storage {
  /** Durable when it resolves. A registry of the same fingerprint takes the place of the earlier text. */
  saveRegistry(registry: Registry): Promise<void>;
  /** Every registry ever saved, in the order in which they were first saved, but for those set aside. */
  registries(): Promise<readonly Registry[]>;
  /** Saving a registry of that fingerprint takes it out of here. */
  readonly setAside: readonly SetAside[];

  /**
   * Counts batches, each exactly once however often it comes, and together: all accepted ones are durable when the
   * promise resolves, and none is if it rejects with `not-stored`. One call at a time. Their registries are saved.
   *
   * Nonces are remembered for `retainedDays` days before the newest day counted; what is older is `too-old`.
   *
   * @returns one outcome per batch, in order; of two that are the same, the second is a duplicate
   * @throws StorageError `not-stored`, `outcome-unknown`
   */
  commit(batches: readonly IncomingBatch[]): Promise<readonly Outcome[]>;

  /**
   * States of the metric's windows whose first day lies in [from, to], earliest first. Snapshots: later commits do
   * not change them.
   * @param metric - fingerprint
   */
  states(metric: string, from: number, to: number): Promise<readonly WindowState[]>;
  /** Windows of the metric that hold reports, earliest first. */
  windows(metric: string): Promise<readonly WindowCount[]>;

  /** Durable when it resolves. A list of the same name is replaced. @throws StorageError */
  saveCandidates(list: CandidateList): Promise<void>;
  /** The list of that name, or undefined. @throws StorageError */
  candidates(name: string): Promise<CandidateList | undefined>;
  /** All lists, sorted by name. */
  candidateLists(): Promise<readonly CandidateSummary[]>;
  /** @returns whether there was one; gone for good when it resolves; @throws StorageError */
  deleteCandidates(name: string): Promise<boolean>;

  /** Writes out what is pending, and lets go of everything. */
  close(): Promise<void>;
}
