import { encodeState } from '@dither/mechanisms';
import { type Registry, toHex } from '@dither/protocol';
import type { CandidateList, IncomingBatch, StoredRecord } from '@dither/server';
import type { Cell, Counters } from '../../src/storage/counters.js';
import { Database, type DatabaseOptions, type Keyed, type Snapshot } from './database.js';

/** A state of one metric in one window, as `encodeState` writes it. */
export type StoredCell = Omit<Cell, 'state'> & { readonly state: Uint8Array };

/** What several nodes share. */
export type Tables = {
  /** One row per batch that was counted, by day and nonce. The key is what makes it count once. */
  readonly nonce: { readonly day: number };
  /** What one commit adds to the counters, by a random id. */
  readonly delta: { readonly cells: readonly StoredCell[] };
  /** By metric and window. What is counted is here or in a delta, never in both. */
  readonly counter: StoredCell;
  /** One row. Of days before `oldest` nonces may be forgotten. */
  readonly watermark: { readonly oldest: number };
  /** By fingerprint. `served` is higher than that of registries saved before. */
  readonly registry: { readonly served: number; readonly registry: Registry };
  /** By name. */
  readonly candidates: CandidateList;
  /** By kind and id. */
  readonly record: StoredRecord;
  /** By the name of the node that writes it. */
  readonly probe: { readonly probes: number };
};

export type SharedDatabase = Database<Tables>;

/** With nothing in it. */
export function sharedDatabase(options: DatabaseOptions = {}): SharedDatabase {
  return new Database<Tables>(
    {
      nonce: {},
      delta: {},
      counter: {},
      watermark: { only: { oldest: 0 } },
      registry: {},
      candidates: {},
      record: {},
      probe: {},
    },
    options,
  );
}

export function nonceKey({ day, nonce }: Pick<IncomingBatch, 'day' | 'nonce'>): string {
  return `${day.toString().padStart(5, '0')} ${toHex(nonce)}`;
}

export function cellKey({ metric, window }: Pick<Cell, 'metric' | 'window'>): string {
  return `${metric} ${window}`;
}

export function storedCells(counters: Counters): readonly StoredCell[] {
  return [...counters.cells()].map(({ metric, window, state }) => ({ metric, window, state: encodeState(state) }));
}

/** The order in which rows are to be locked and inserted, so that two who do it never wait for each other. */
export function sortedByKey<Row>(rows: readonly Keyed<Row>[]): readonly Keyed<Row>[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The newest day before the newest one of which nonces are remembered: that by which windows are forgotten. */
export function believedDay(snapshot: Snapshot<Tables>): number | undefined {
  const days = [...new Set(snapshot.rows('nonce').map(([, { day }]) => day))].sort((a, b) => b - a);
  return days[1];
}

/**
 * The newest day counted, or undefined: the last of an index over (day, nonce). It is never forgotten, and so never goes
 * back.
 */
export function newestDay(snapshot: Snapshot<Tables>): number | undefined {
  return snapshot.rows('nonce').at(-1)?.[1].day;
}
