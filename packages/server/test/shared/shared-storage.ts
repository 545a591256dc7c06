import { randomUUID } from 'node:crypto';
import { decodeState } from '@dither/mechanisms';
import { policy, type Registry } from '@dither/protocol';
import {
  type CandidateList,
  type CandidateSummary,
  type IncomingBatch,
  type Outcome,
  type RecordKind,
  type Storage,
  StorageError,
  type StorageUsage,
  type StoredRecord,
  serverPolicy,
  type WindowCount,
  type WindowState,
} from '@dither/server';
import { Counters } from '../../src/storage/counters.js';
import { sortedByName, summaryOf } from '../../src/storage/summaries.js';
import type { Keyed, Snapshot, Transaction } from './database.js';
import {
  believedDay,
  newestDay,
  nonceKey,
  type SharedDatabase,
  type StoredCell,
  sortedByKey,
  storedCells,
  type Tables,
} from './tables.js';
import { ask, transact, type Work } from './transact.js';

export interface NodeOptions {
  /** A name no row has had: a random one unless told. */
  readonly newId?: () => string;
}

/**
 * A storage that several servers have in common: each has one of these, over the same database. It keeps nothing in
 * memory but what it last knew of the database, and may be replaced at any time.
 *
 * A batch counts once because its nonce is inserted before anything else, under a unique key: of two nodes that bring
 * the same batch, one waits for the other. The nonces that were inserted, and what their batches add, are committed
 * together.
 */
export class SharedStorage implements Storage {
  readonly setAside = [];
  readonly #database: SharedDatabase;
  readonly #newId: () => string;
  readonly #name: string;
  #isOpen = true;
  #newestDay: number | undefined;
  #nonces = 0;
  #probes = 0;

  constructor(database: SharedDatabase, { newId = randomUUID }: NodeOptions = {}) {
    this.#database = database;
    this.#newId = newId;
    this.#name = newId();
  }

  async commit(batches: readonly IncomingBatch[]): Promise<readonly Outcome[]> {
    const { outcomes, seen } = await this.transact(async (transaction) => {
      const outcomes = await this.count(transaction, batches);
      return { outcomes, seen: await transaction.read(look) };
    });
    // Not before it is committed: by a day that was never counted, batches would be refused for good.
    this.#remember(seen);
    return outcomes;
  }

  protected async count(
    transaction: Transaction<Tables>,
    batches: readonly IncomingBatch[],
  ): Promise<readonly Outcome[]> {
    const isTooOld = await this.judge(transaction, batches);
    const remembered = batches.filter((_, i) => !isTooOld[i]);
    const inserted = new Set(await this.insertNonces(transaction, remembered));
    // Of two that are the same, the first takes the name out.
    const outcomes = batches.map((batch, i): Outcome => {
      if (isTooOld[i]) return 'too-old';
      return inserted.delete(nonceKey(batch)) ? 'accepted' : 'duplicate';
    });
    const accepted = batches.filter((_, i) => outcomes[i] === 'accepted');
    await this.insertDelta(transaction, accepted);
    return outcomes;
  }

  /** Which batches nobody may remember. Those that are not count as counted: by this commit, or before it. */
  protected async judge(
    transaction: Transaction<Tables>,
    batches: readonly IncomingBatch[],
  ): Promise<readonly boolean[]> {
    const oldest = await this.holdWatermark(transaction);
    let newest = (await transaction.read(newestDay)) ?? Number.NEGATIVE_INFINITY;
    return batches.map(({ day }) => {
      if (day < Math.max(oldest, newest - policy.retainedDays)) return true;
      newest = Math.max(newest, day);
      return false;
    });
  }

  /** As long as commits hold it together, no nonce is forgotten: a day that is remembered now is until they end. */
  protected async holdWatermark(transaction: Transaction<Tables>): Promise<number> {
    const [row] = await transaction.lock('watermark', () => true, { mode: 'share' });
    return (row as Keyed<Tables['watermark']>)[1].oldest;
  }

  /** @returns the keys that were not there before. Sorted, so that two nodes never wait for each other. */
  protected insertNonces(
    transaction: Transaction<Tables>,
    batches: readonly IncomingBatch[],
  ): Promise<ReadonlySet<string>> {
    const keyed = batches.map((batch) => [nonceKey(batch), { day: batch.day }] as const);
    return transaction.insert('nonce', sortedByKey(keyed));
  }

  /** One row, whatever it adds to: a row per counter would queue on the locks of those that everybody counts in. */
  protected async insertDelta(transaction: Transaction<Tables>, batches: readonly IncomingBatch[]): Promise<void> {
    const sum = new Counters();
    sum.add(batches);
    const cells = storedCells(sum);
    if (cells.length > 0) await transaction.insert('delta', [[this.#newId(), { cells }]]);
  }

  get newestDay(): number | undefined {
    return this.#newestDay;
  }

  async states(metric: string, from: number, to: number): Promise<readonly WindowState[]> {
    return (await this.#counted(metric)).states(metric, from, to);
  }

  async windows(metric: string): Promise<readonly WindowCount[]> {
    return (await this.#counted(metric)).windows(metric);
  }

  async #counted(metric: string): Promise<Counters> {
    const sum = new Counters();
    for (const { window, state } of await this.readCells(metric))
      sum.put({ metric, window, state: decodeState(state) });
    const believed = await this.ask(believedDay);
    if (believed !== undefined) sum.forget(believed - serverPolicy.retentionDays);
    return sum;
  }

  /** Counters and outstanding deltas of one snapshot: in two, a delta that is folded between them is seen twice. */
  protected readCells(metric: string): Promise<readonly StoredCell[]> {
    return this.ask((snapshot) => {
      const counters = snapshot.rows('counter').map(([, cell]) => cell);
      const deltas = snapshot.rows('delta').flatMap(([, { cells }]) => cells);
      return [...counters, ...deltas].filter((cell) => cell.metric === metric);
    });
  }

  saveRegistry(registry: Registry): Promise<void> {
    return this.transact(async (transaction) => {
      const before = await transaction.read((snapshot) => snapshot.rows('registry').map(([, { served }]) => served));
      const row = { served: Math.max(0, ...before) + 1, registry };
      const inserted = await transaction.insert('registry', [[registry.fingerprint, row]]);
      if (inserted.size > 0) return;
      const found = await transaction.lock('registry', (_, key) => key === registry.fingerprint, { mode: 'exclusive' });
      await transaction.put(
        'registry',
        found.map(([key]) => [key, row]),
      );
    });
  }

  registries(): Promise<readonly Registry[]> {
    return this.ask((snapshot) =>
      snapshot
        .rows('registry')
        .map(([, row]) => row)
        .sort((a, b) => a.served - b.served)
        .map(({ registry }) => registry),
    );
  }

  saveCandidates(list: CandidateList): Promise<void> {
    return this.transact((transaction) => transaction.put('candidates', [[list.name, list]]));
  }

  candidates(name: string): Promise<CandidateList | undefined> {
    return this.ask((snapshot) => snapshot.get('candidates', name));
  }

  candidateLists(): Promise<readonly CandidateSummary[]> {
    return this.ask((snapshot) => sortedByName(snapshot.rows('candidates').map(([, list]) => summaryOf(list))));
  }

  deleteCandidates(name: string): Promise<boolean> {
    return this.#delete('candidates', name);
  }

  putRecord(record: StoredRecord): Promise<void> {
    return this.transact((transaction) => transaction.put('record', [[recordKey(record), record]]));
  }

  records(kind: RecordKind): Promise<readonly StoredRecord[]> {
    return this.ask((snapshot) =>
      snapshot
        .rows('record')
        .map(([, record]) => record)
        .filter((record) => record.kind === kind),
    );
  }

  deleteRecord(kind: RecordKind, id: string): Promise<boolean> {
    return this.#delete('record', recordKey({ kind, id }));
  }

  probe(): Promise<void> {
    return this.transact((transaction) => transaction.put('probe', [[this.#name, { probes: ++this.#probes }]]));
  }

  /** No batch is ever kept, and the disk is somebody else's. */
  usage(): StorageUsage {
    return { nonces: this.#nonces, nonceBytes: 0, logBatches: 0, diskBytes: 0 };
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }

  protected async transact<Answer>(work: Work<Answer>): Promise<Answer> {
    if (!this.#isOpen) throw new StorageError('not-stored', 'the storage is closed');
    return transact(this.#database, work);
  }

  protected async ask<Answer>(query: (snapshot: Snapshot<Tables>) => Answer): Promise<Answer> {
    const { answer, seen } = await ask(this.#database, (snapshot) => ({
      answer: query(snapshot),
      seen: look(snapshot),
    }));
    this.#remember(seen);
    return answer;
  }

  /** Answers may overtake each other. */
  #remember({ newest, nonces }: Seen): void {
    if (newest === undefined) return;
    this.#newestDay = Math.max(newest, this.#newestDay ?? newest);
    this.#nonces = nonces;
  }

  async #delete(table: 'candidates' | 'record', key: string): Promise<boolean> {
    const deleted = await this.transact((transaction) => transaction.delete(table, (_, own) => own === key));
    return deleted.length > 0;
  }
}

/** What a node knows of the database. */
interface Seen {
  readonly newest: number | undefined;
  readonly nonces: number;
}

function look(snapshot: Snapshot<Tables>): Seen {
  return { newest: newestDay(snapshot), nonces: snapshot.rows('nonce').length };
}

function recordKey({ kind, id }: Pick<StoredRecord, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
