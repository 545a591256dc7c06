import { StorageError } from '@dither/server';
import { DatabaseError, type Snapshot, type SqlState, type Transaction } from './database.js';
import type { SharedDatabase, Tables } from './tables.js';

/** Which a database asks to be tried again. */
const RETRIED: ReadonlySet<SqlState> = new Set(['40001', '40P01']);
/** Of one call. More would hold up the queue behind it: its clients can ask again. */
const ATTEMPTS = 5;

export type Work<Answer> = (transaction: Transaction<Tables>) => Promise<Answer>;

/**
 * Does the work in a transaction and commits it; several times, where the database says that this helps.
 * @throws StorageError `not-stored`, or `outcome-unknown` if the connection was lost in the commit
 */
export async function transact<Answer>(database: SharedDatabase, work: Work<Answer>): Promise<Answer> {
  return attempts(RETRIED, async () => {
    const transaction = await database.begin();
    const answer = await orRollBack(transaction, work);
    await commit(transaction);
    return answer;
  });
}

/**
 * One statement that only reads. Who reads may ask again whatever happened.
 * @throws StorageError `not-stored`
 */
export async function ask<Answer>(
  database: SharedDatabase,
  query: (snapshot: Snapshot<Tables>) => Answer,
): Promise<Answer> {
  return attempts(new Set([...RETRIED, '08006']), async () => {
    const transaction = await database.begin();
    const answer = await orRollBack(transaction, () => transaction.read(query));
    await transaction.rollback();
    return answer;
  });
}

async function attempts<Answer>(retried: ReadonlySet<SqlState>, attempt: () => Promise<Answer>): Promise<Answer> {
  for (let left = ATTEMPTS - 1; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      if (left === 0 || !retried.has(error.code)) throw new StorageError('not-stored', error.code);
    }
  }
}

async function orRollBack<Answer>(transaction: Transaction<Tables>, work: Work<Answer>): Promise<Answer> {
  try {
    return await work(transaction);
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}

async function commit(transaction: Transaction<Tables>): Promise<void> {
  try {
    await transaction.commit();
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== '08006') throw error;
    throw new StorageError('outcome-unknown', 'the connection was lost in a commit');
  }
}
