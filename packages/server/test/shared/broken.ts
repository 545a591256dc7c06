import { type IncomingBatch, type Outcome, StorageError } from '@dither/server';
import { Compactor } from './compactor.js';
import type { Keyed, Transaction } from './database.js';
import { SharedStorage } from './shared-storage.js';
import { nonceKey, type StoredCell, type Tables } from './tables.js';

/** Nodes and compactors that have one thing wrong, each of which somebody might well write. */

/** Takes a lost connection for a good sign. */
export class AcknowledgingUnknown extends SharedStorage {
  override async commit(batches: readonly IncomingBatch[]): Promise<readonly Outcome[]> {
    try {
      return await super.commit(batches);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'outcome-unknown') return batches.map(() => 'accepted');
      throw error;
    }
  }
}

/** Stops when it knows nothing of its last commit, as a server must that has its own disk. */
export class StoppingWhenUnknown extends SharedStorage {
  override async commit(batches: readonly IncomingBatch[]): Promise<readonly Outcome[]> {
    try {
      return await super.commit(batches);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'outcome-unknown') {
        throw new StorageError('storage-broken', error.message);
      }
      throw error;
    }
  }
}

/** Takes a day for counted before it is committed. */
export class KnowingTooEarly extends SharedStorage {
  #newest: number | undefined;

  override get newestDay(): number | undefined {
    return this.#newest;
  }

  protected override async count(
    transaction: Transaction<Tables>,
    batches: readonly IncomingBatch[],
  ): Promise<readonly Outcome[]> {
    this.#newest = Math.max(...batches.map(({ day }) => day), super.newestDay ?? 0);
    return super.count(transaction, batches);
  }
}

/** Counts in a transaction of its own, before the nonces have been inserted. */
export class CountingFirst extends SharedStorage {
  protected override async count(
    transaction: Transaction<Tables>,
    batches: readonly IncomingBatch[],
  ): Promise<readonly Outcome[]> {
    const isNew = await transaction.read((snapshot) =>
      batches.map((batch) => snapshot.get('nonce', nonceKey(batch)) === undefined),
    );
    await this.transact((other) =>
      super.insertDelta(
        other,
        batches.filter((_, i) => isNew[i]),
      ),
    );
    return super.count(transaction, batches);
  }

  protected override async insertDelta(): Promise<void> {
    // It is there by now.
  }
}

/** Looks for nonces, and inserts them afterwards: nobody asks what the unique key said. */
export class IgnoringReturned extends SharedStorage {
  protected override async insertNonces(
    transaction: Transaction<Tables>,
    batches: readonly IncomingBatch[],
  ): Promise<ReadonlySet<string>> {
    const isNew = await transaction.read((snapshot) =>
      batches.map((batch) => snapshot.get('nonce', nonceKey(batch)) === undefined),
    );
    await super.insertNonces(transaction, batches);
    return new Set(batches.filter((_, i) => isNew[i]).map(nonceKey));
  }
}

/** Remembers a day less. */
export class RefusingEarly extends SharedStorage {
  protected override judge(
    transaction: Transaction<Tables>,
    batches: readonly IncomingBatch[],
  ): Promise<readonly boolean[]> {
    return super.judge(
      transaction,
      batches.map((batch) => ({ ...batch, day: batch.day - 1 })),
    );
  }
}

/** Reads the watermark without holding it. */
export class NotHolding extends SharedStorage {
  protected override holdWatermark(transaction: Transaction<Tables>): Promise<number> {
    return transaction.read((snapshot) => snapshot.get('watermark', 'only')?.oldest ?? 0);
  }
}

/** Reads counters, then deltas. */
export class ReadingTwice extends SharedStorage {
  protected override async readCells(metric: string): Promise<readonly StoredCell[]> {
    const counters = await this.ask((snapshot) => snapshot.rows('counter').map(([, cell]) => cell));
    const deltas = await this.ask((snapshot) => snapshot.rows('delta').flatMap(([, { cells }]) => cells));
    return [...counters, ...deltas].filter((cell) => cell.metric === metric);
  }
}

/** Inserts nonces as they come. Not wrong: its nodes wait for each other, and one of them begins again. */
export class Unsorted extends SharedStorage {
  protected override insertNonces(
    transaction: Transaction<Tables>,
    batches: readonly IncomingBatch[],
  ): Promise<ReadonlySet<string>> {
    return transaction.insert(
      'nonce',
      batches.map((batch) => [nonceKey(batch), { day: batch.day }]),
    );
  }
}

/** Deletes whatever deltas there are by then. */
export class DeletingAll extends Compactor {
  protected override async remove(transaction: Transaction<Tables>): Promise<void> {
    await transaction.delete('delta', () => true);
  }
}

/** Reads deltas without locking them. */
export class TakingUnlocked extends Compactor {
  protected override take(transaction: Transaction<Tables>): Promise<readonly Keyed<Tables['delta']>[]> {
    return transaction.read((snapshot) => snapshot.rows('delta'));
  }
}

/** Reads counters without locking them. */
export class AddingUnlocked extends Compactor {
  protected override find(
    transaction: Transaction<Tables>,
    keys: ReadonlySet<string>,
  ): Promise<readonly Keyed<Tables['counter']>[]> {
    return transaction.read((snapshot) => snapshot.rows('counter').filter(([key]) => keys.has(key)));
  }
}
