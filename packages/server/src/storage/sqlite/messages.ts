import type { StorageErrorCode } from '../../errors.js';
import type { CandidateList, CandidateSummary, RecordKind, StoredRecord, WindowCount } from '../storage.js';
import type { BackupContents } from './backup.js';

/** What the main thread and the thread that owns the database say to one another. Bytes and numbers, no objects. */
export interface StateRow {
  /** Fingerprint of the metric. */
  readonly metric: string;
  readonly window: number;
  /** As `packState` writes it. */
  readonly state: Uint8Array;
}

/** Nonces of one day, 16 bytes each. */
export interface NonceRow {
  readonly day: number;
  readonly segment: Uint8Array;
}

/** How many nonces of a day are in segments that are loaded into memory, and in those that are looked up on disk. */
export interface NonceDay {
  readonly day: number;
  readonly loose: number;
  readonly sealed: number;
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

/** What a start needs to know: said once, when the database is open. */
export interface Contents {
  /** In the order in which they were last given. */
  readonly registries: readonly RegistryRow[];
  /** Earliest first. */
  readonly nonceDays: readonly NonceDay[];
  readonly log: readonly LogRow[];
  readonly candidates: readonly CandidateSummary[];
}

/** One transaction that moves the log into counters. */
export interface Fold {
  /** The log rows up to this id are in `states`, and their nonces in `nonces`. */
  readonly through: number;
  /** To be added to those that are stored. */
  readonly states: readonly StateRow[];
  readonly nonces: readonly NonceRow[];
  /** Nonces of earlier days are deleted. */
  readonly oldestDay: number;
  /** States of earlier windows are deleted. */
  readonly oldestWindow?: number;
}

/** States of one metric, a few at a time so that no commit waits long. */
export interface StateQuestion {
  readonly metric: string;
  readonly from: number;
  readonly to: number;
}

export interface StateAnswer {
  readonly rows: readonly StateRow[];
  /** Where to go on; absent at the end. */
  readonly next?: number;
}

/** What the thread does: each operation with what it is given and what it answers. */
export interface Operations {
  /** What was loaded can be used: keeps the migration, if there was one. */
  accept: [input: undefined, output: undefined];
  /** One row, one transaction, one fsync. */
  commit: [input: LogRow, output: undefined];
  /** @returns bytes of the write-ahead log, which still holds the batches */
  fold: [input: Fold, output: number];
  /** Overwrites the write-ahead log. @returns whether there was room to */
  erase: [input: undefined, output: boolean];
  /** Moves the loose nonces of a day to where they are looked up. @returns their number */
  seal: [input: number, output: number];
  /** Whether each nonce is among the sealed ones of its day. */
  known: [input: readonly NonceRow[], output: readonly boolean[]];
  /** The loose nonces of a day. */
  nonces: [input: number, output: Uint8Array];
  states: [input: StateQuestion, output: StateAnswer];
  windows: [input: string, output: readonly WindowCount[]];
  saveRegistry: [input: RegistryRow, output: undefined];
  saveCandidates: [input: CandidateList, output: undefined];
  candidates: [input: string, output: CandidateList | undefined];
  deleteCandidates: [input: string, output: undefined];
  putRecord: [input: StoredRecord, output: undefined];
  records: [input: RecordKind, output: readonly StoredRecord[]];
  deleteRecord: [input: Omit<StoredRecord, 'text'>, output: boolean];
  probe: [input: undefined, output: undefined];
  /** Writes a copy without free space, made durable, to a path where nothing is. */
  copy: [input: string, output: undefined];
  close: [input: undefined, output: undefined];
}

export type Operation = keyof Operations;

export interface Request {
  readonly op: Operation;
  readonly input: unknown;
}

/** After everything that was asked before: the thread ends. It has no answer. */
export const END = 'end';

export interface Failure {
  readonly code: StorageErrorCode;
  readonly message: string;
}

/** Answers come in the order of the requests. The first one answers the opening, with `Contents`. */
export interface Reply {
  readonly failure?: Failure;
  readonly output?: unknown;
}

/**
 * To the thread that looks at a file no server has open. `read`: say what is in it. `settle`: have it take in its
 * write-ahead log, and bring it up to date.
 */
export interface CheckTask {
  readonly task: 'read' | 'settle';
  readonly path: string;
}

export interface CheckReply {
  readonly failure?: Failure;
  readonly contents?: BackupContents;
}
