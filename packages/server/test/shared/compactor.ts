import { decodeState, encodeState, mergeStates } from '@dither/mechanisms';
import { policy } from '@dither/protocol';
import { serverPolicy } from '@dither/server';
import { Counters } from '../../src/storage/counters.js';
import type { Keyed, Transaction } from './database.js';
import {
  believedDay,
  cellKey,
  newestDay,
  type SharedDatabase,
  type StoredCell,
  sortedByKey,
  storedCells,
  type Tables,
} from './tables.js';
import { transact } from './transact.js';

/** Deltas folded at a time. */
const MOST_DELTAS = 4;

/** Moves deltas into counters, and forgets what is old. Any number of them may run beside any number of nodes. */
export class Compactor {
  readonly #database: SharedDatabase;

  constructor(database: SharedDatabase) {
    this.#database = database;
  }

  /**
   * Adds some deltas to the counters and deletes them, in one transaction: if it fails, or nobody knows whether it did,
   * the deltas are as they were or they are in the counters.
   * @returns how many
   * @throws StorageError
   */
  fold(): Promise<number> {
    return transact(this.#database, async (transaction) => {
      const deltas = await this.take(transaction);
      const sum = new Counters();
      for (const [, { cells }] of deltas) {
        for (const cell of cells) sum.put({ ...cell, state: decodeState(cell.state) });
      }
      const keyed = sortedByKey(storedCells(sum).map((cell) => [cellKey(cell), cell]));
      const inserted = await transaction.insert('counter', keyed);
      await this.#addTo(transaction, new Map(keyed.filter(([key]) => !inserted.has(key))));
      await this.remove(transaction, new Set(deltas.map(([key]) => key)));
      return deltas.length;
    });
  }

  /** Those that no other compactor has. */
  protected take(transaction: Transaction<Tables>): Promise<readonly Keyed<Tables['delta']>[]> {
    return transaction.lock('delta', () => true, { mode: 'exclusive', skipLocked: true, limit: MOST_DELTAS });
  }

  /** To counters that are there. One that is gone by now was too old to keep. */
  async #addTo(transaction: Transaction<Tables>, deltas: ReadonlyMap<string, StoredCell>): Promise<void> {
    const found = await this.find(transaction, new Set(deltas.keys()));
    await transaction.put(
      'counter',
      found.map(([key, cell]) => [key, added(cell, deltas.get(key) as StoredCell)]),
    );
  }

  /** Locked, so that nobody changes them between the reading and the writing. */
  protected find(
    transaction: Transaction<Tables>,
    keys: ReadonlySet<string>,
  ): Promise<readonly Keyed<Tables['counter']>[]> {
    return transaction.lock('counter', (_, key) => keys.has(key), { mode: 'exclusive' });
  }

  protected async remove(transaction: Transaction<Tables>, taken: ReadonlySet<string>): Promise<void> {
    await transaction.delete('delta', (_, key) => taken.has(key));
  }

  /**
   * Deletes nonces that are older than the days to remember, and windows that are older than the days to keep. It waits
   * for the commits that hold the watermark, and those that come after it see the new one: none of them can judge a batch
   * by the one and look for its nonce after the other.
   * @throws StorageError
   */
  prune(): Promise<void> {
    return transact(this.#database, async (transaction) => {
      const [row] = await transaction.lock('watermark', () => true, { mode: 'exclusive' });
      const [key, { oldest: before }] = row as Keyed<Tables['watermark']>;
      const newest = await transaction.read(newestDay);
      const believed = await transaction.read(believedDay);
      if (newest === undefined || newest - policy.retainedDays <= before) return;
      const oldest = newest - policy.retainedDays;
      await transaction.put('watermark', [[key, { oldest }]]);
      await transaction.delete('nonce', ({ day }) => day < oldest);
      if (believed === undefined) return;
      await transaction.delete('counter', ({ window }) => window < believed - serverPolicy.retentionDays);
    });
  }
}

function added(cell: StoredCell, delta: StoredCell): StoredCell {
  const sum = decodeState(cell.state);
  mergeStates(sum, decodeState(delta.state));
  return { ...cell, state: encodeState(sum) };
}
