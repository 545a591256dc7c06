import type { StorageErrorCode } from '../../errors.js';
import type { CandidateList, CandidateSummary } from '../storage.js';

/** What the main thread and the thread that owns the database say to one another. Bytes and numbers, no objects. */
export interface StateRow {
  /** Fingerprint of the metric. */
  readonly metric: string;
  readonly window: number;
  /** As `encodeState` writes it. */
  readonly state: Uint8Array;
}

/** Nonces of one day, 16 bytes each. */
export interface NonceRow {
  readonly day: number;
  readonly segment: Uint8Array;
}

/** A registry as it was stored. */
export interface RegistryRow {
  readonly fingerprint: string;
  /** Canonical text. */
  readonly text: string;
}

/** A group of batches that was committed together. */
export interface LogRow {
  readonly id: number;
  readonly group: Uint8Array;
}

/** All that a database holds: said once, when it is open. */
export interface Contents {
  /** In the order in which they were first served. */
  readonly registries: readonly RegistryRow[];
  readonly states: readonly StateRow[];
  readonly nonces: readonly NonceRow[];
  readonly log: readonly LogRow[];
  readonly candidates: readonly CandidateSummary[];
}

/** One transaction that moves the log into counters. Done twice, it changes nothing more. */
export interface Fold {
  /** The log rows up to this id are in `states`, and their nonces in `nonces` or in the database. */
  readonly through: number;
  readonly states: readonly StateRow[];
  readonly nonces: readonly NonceRow[];
  /** Nonces of earlier days are deleted. */
  readonly oldestDay: number;
}

export type Request =
  | { readonly op: 'accept' }
  | { readonly op: 'commit'; readonly row: LogRow }
  | { readonly op: 'fold'; readonly fold: Fold }
  | { readonly op: 'save-registry'; readonly fingerprint: string; readonly text: string }
  | { readonly op: 'save-candidates'; readonly list: CandidateList }
  | { readonly op: 'load-candidates'; readonly name: string }
  | { readonly op: 'delete-candidates'; readonly name: string }
  | { readonly op: 'close' };

export interface Failure {
  readonly code: StorageErrorCode;
  readonly message: string;
}

/** Answers come in the order of the requests. The first one answers the opening. */
export interface Reply {
  readonly failure?: Failure;
  readonly contents?: Contents;
  /** To `load-candidates`: absent if there is no list of that name. */
  readonly list?: CandidateList;
}
