import type { UnknownRegistry } from '../ingest/unknown-registries.js';
import type { SetAside, StorageUsage } from '../storage/storage.js';

/** A registry whose batches are read. */
export interface ListedRegistry {
  readonly app: string;
  readonly fingerprint: string;
  readonly metrics: number;
  /** Reports that are kept of its metrics, some of which it may share with other registries of the app. */
  readonly reports: number;
  /** Whether it is that of its app today, and not one of before. */
  readonly isCurrent: boolean;
}

export interface RegistryList {
  readonly registries: readonly ListedRegistry[];
  readonly unknown: readonly UnknownRegistry[];
  readonly setAside: readonly SetAside[];
}

export interface Status {
  /** Of the package that answers. */
  readonly version: string;
  /** The server that runs; undefined where the file was opened for this answer alone. */
  readonly server:
    | {
        readonly url: string;
        readonly pid: number;
        /** Seconds since it was started, or its file restored. */
        readonly seconds: number;
        /** Resident, in bytes. */
        readonly memoryBytes: number;
      }
    | undefined;
  readonly db: string;
  readonly registries: number;
  readonly unknownRegistries: number;
  readonly setAside: number;
  /** Of read tokens and of write keys. */
  readonly tokens: number;
  readonly keys: number;
  readonly usage: StorageUsage;
}
