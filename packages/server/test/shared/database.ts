import { type Faults, noFaults } from './faults.js';
import { Deadlock, type LockMode, Locks } from './locks.js';
import { atOnce, type Scheduler } from './scheduler.js';

/**
 * PostgreSQL's codes. `08006`: the connection is lost. `25P02`: the transaction has failed before, and only a rollback
 * is taken. `40001`: serialization failure. `40P01`: deadlock.
 */
export type SqlState = '08006' | '25P02' | '40001' | '40P01';

export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: SqlState;
  constructor(code: SqlState) {
    super(code);
    this.code = code;
  }
}

/** The type of the rows of each table. Every row has a primary key, a string. */
export type Schema = { readonly [table: string]: object };

export type Keyed<Row> = readonly [key: string, row: Row];

/** What one statement sees: all that is committed, and what its own transaction has written. */
export interface Snapshot<Tables> {
  get<Table extends keyof Tables>(table: Table, key: string): Tables[Table] | undefined;
  /** Sorted by key. */
  rows<Table extends keyof Tables>(table: Table): readonly Keyed<Tables[Table]>[];
}

export interface Locking {
  readonly mode: LockMode;
  /** Leaves out what another transaction holds. */
  readonly skipLocked?: boolean;
  /** Most rows. */
  readonly limit?: number;
}

export interface DatabaseOptions {
  readonly scheduler?: Scheduler;
  readonly faults?: Faults;
}

type Committed<Tables> = { readonly [Table in keyof Tables]: Map<string, Tables[Table]> };

/** What a transaction has written: undefined where it deleted the row. */
type Written<Tables> = Map<keyof Tables, Map<string, Tables[keyof Tables] | undefined>>;

/** What several transactions have in common. */
interface Shared<Tables> {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly locks: Locks<Transaction<Tables>>;
  /** Who has written a row and not ended yet, by name of the row. */
  readonly writers: Map<string, Transaction<Tables>>;
  readonly committed: Committed<Tables>;
  readonly happened: (event: string) => void;
}

/**
 * A database in memory with PostgreSQL's semantics at READ COMMITTED, as far as ingest leans on them: any number of
 * transactions at a time, a snapshot per statement, unique keys that wait for whoever writes the same key, row locks,
 * deadlocks, connections that are lost. Rows are not to be changed.
 *
 * A point of the scheduler is where a request or an answer is on its way, and between two rows that are locked or written.
 * What is between two points is atomic.
 */
export class Database<Tables extends Schema> {
  readonly #shared: Shared<Tables>;
  readonly #events = new Map<string, number>();
  #begun = 0;

  /** How often what happened: `waited`, `skipped`, `deadlock`, or a step and its fault, as in `commit lost-after`. */
  get events(): ReadonlyMap<string, number> {
    return this.#events;
  }

  /** @param tables - every table, with the rows it begins with */
  constructor(
    tables: { readonly [Table in keyof Tables]: { readonly [key: string]: Tables[Table] } },
    { scheduler = atOnce, faults = noFaults }: DatabaseOptions = {},
  ) {
    const committed = Object.fromEntries(
      Object.entries(tables).map(([table, rows]) => [table, new Map(Object.entries(rows))]),
    ) as Committed<Tables>;
    const happened = (event: string) => void this.#events.set(event, (this.#events.get(event) ?? 0) + 1);
    this.#shared = { scheduler, faults, committed, happened, locks: new Locks(), writers: new Map() };
  }

  /** @throws DatabaseError `08006` */
  async begin(): Promise<Transaction<Tables>> {
    await this.#shared.scheduler.point();
    const fault = this.#shared.faults('begin');
    if (fault !== undefined) {
      this.#shared.happened(`begin ${fault}`);
      throw new DatabaseError('08006');
    }
    return new Transaction(this.#shared, ++this.#begun);
  }

  /** What is committed, as no client could see it: at once, and without fail. */
  look<Answer>(query: (committed: Snapshot<Tables>) => Answer): Answer {
    return query(snapshotOf(this.#shared.committed, new Map()));
  }
}

/**
 * One statement at a time. A statement that fails rolls everything back.
 * @throws DatabaseError from all of them
 */
export class Transaction<Tables> {
  readonly #shared: Shared<Tables>;
  readonly #id: number;
  readonly #written: Written<Tables> = new Map();
  /** As of now, whenever it is asked. */
  readonly #snapshot: Snapshot<Tables>;
  #state: 'open' | 'failed' | 'ended' = 'open';

  constructor(shared: Shared<Tables>, id: number) {
    this.#shared = shared;
    this.#id = id;
    this.#snapshot = snapshotOf(shared.committed, this.#written);
    // As in PostgreSQL: who must wait for a transaction to end waits for the lock it has on itself.
    shared.locks.tryAcquire(this, ownName(id), 'exclusive');
  }

  /** SELECT. One statement, so one snapshot, of however many tables. */
  read<Answer>(query: (snapshot: Snapshot<Tables>) => Answer): Promise<Answer> {
    return this.#statement(async () => query(this.#snapshot));
  }

  /**
   * SELECT .. FOR SHARE or FOR UPDATE, in the order of the keys. A row for which it had to wait is returned as it is
   * then, if it still is what was asked for.
   */
  lock<Table extends keyof Tables>(
    table: Table,
    where: (row: Tables[Table], key: string) => boolean,
    locking: Locking,
  ): Promise<readonly Keyed<Tables[Table]>[]> {
    return this.#statement(() => this.#lockRows(table, where, locking));
  }

  /**
   * INSERT .. ON CONFLICT DO NOTHING RETURNING key, in the order given. Where another transaction has written the same
   * key, it waits for the end of that one: a row that is committed then stays, and one that is rolled back is no more.
   */
  insert<Table extends keyof Tables>(
    table: Table,
    rows: readonly Keyed<Tables[Table]>[],
  ): Promise<ReadonlySet<string>> {
    return this.#statement(async () => {
      const inserted = new Set<string>();
      for (const [key, row] of rows) {
        if (await this.#insertRow(table, key, row)) inserted.add(key);
        await this.#shared.scheduler.point();
      }
      return inserted;
    });
  }

  /** INSERT .. ON CONFLICT DO UPDATE. */
  put<Table extends keyof Tables>(table: Table, rows: readonly Keyed<Tables[Table]>[]): Promise<void> {
    return this.#statement(async () => {
      for (const [key, row] of rows) {
        await this.#acquire(rowName(table, key), 'exclusive');
        this.#write(table, key, row);
        await this.#shared.scheduler.point();
      }
    });
  }

  /** DELETE .. RETURNING key. */
  delete<Table extends keyof Tables>(
    table: Table,
    where: (row: Tables[Table], key: string) => boolean,
  ): Promise<readonly string[]> {
    return this.#statement(async () => {
      const found = await this.#lockRows(table, where, { mode: 'exclusive' });
      for (const [key] of found) this.#write(table, key, undefined);
      return found.map(([key]) => key);
    });
  }

  /** After `40001` nothing is committed. After `08006` nobody can tell, and it may be that it is only later. */
  async commit(): Promise<void> {
    this.#checkOpen();
    const { scheduler, happened } = this.#shared;
    await scheduler.point();
    const fault = this.#shared.faults('commit');
    if (fault !== undefined) happened(`commit ${fault}`);
    if (fault === 'serialization-failure') throw this.#fail('40001');
    if (fault === 'lost-before') throw this.#lose(scheduler.point());
    if (fault === 'lost-during') throw this.#lose(scheduler.point().then(() => this.#apply()));
    this.#apply();
    if (fault === 'lost-after') throw new DatabaseError('08006');
    await scheduler.point();
  }

  /** Never fails: what is not committed is rolled back in any case. */
  async rollback(): Promise<void> {
    if (this.#state !== 'open') return;
    await this.#shared.scheduler.point();
    this.#end();
  }

  async #statement<Answer>(execute: () => Promise<Answer>): Promise<Answer> {
    this.#checkOpen();
    const { scheduler, happened } = this.#shared;
    await scheduler.point();
    const fault = this.#shared.faults('statement');
    if (fault !== undefined) happened(`statement ${fault}`);
    if (fault === 'serialization-failure') throw this.#fail('40001');
    if (fault === 'lost-before') throw this.#lose(scheduler.point());
    const executed = execute().catch((error: unknown) => {
      if (!(error instanceof Deadlock)) throw error;
      happened('deadlock');
      throw this.#fail('40P01');
    });
    if (fault === 'lost-during') throw this.#lose(executed.then(() => scheduler.point()));
    const answer = await executed;
    if (fault === 'lost-after') throw this.#lose(scheduler.point());
    await scheduler.point();
    return answer;
  }

  #checkOpen(): void {
    if (this.#state === 'ended') throw new DatabaseError('08006');
    if (this.#state === 'failed') throw new DatabaseError('25P02');
  }

  #fail(code: SqlState): DatabaseError {
    this.#end('failed');
    return new DatabaseError(code);
  }

  /** The client is gone. The database notices once `meanwhile` is done, and holds all locks until then. */
  #lose(meanwhile: Promise<unknown>): DatabaseError {
    this.#state = 'ended';
    void meanwhile.catch(() => undefined).then(() => this.#end());
    return new DatabaseError('08006');
  }

  #apply(): void {
    for (const [table, rows] of this.#written) {
      for (const [key, row] of rows) {
        if (row === undefined) this.#shared.committed[table].delete(key);
        else this.#shared.committed[table].set(key, row);
      }
    }
    this.#end();
  }

  #end(state: 'failed' | 'ended' = 'ended'): void {
    this.#state = state;
    for (const [table, rows] of this.#written) {
      for (const key of rows.keys()) this.#shared.writers.delete(rowName(table, key));
    }
    this.#written.clear();
    this.#shared.locks.releaseAll(this);
  }

  /** Of a row whose lock it has. */
  #write<Table extends keyof Tables>(table: Table, key: string, row: Tables[Table] | undefined): void {
    const rows = this.#written.get(table) ?? new Map<string, Tables[keyof Tables] | undefined>();
    this.#written.set(table, rows.set(key, row));
    this.#shared.writers.set(rowName(table, key), this);
  }

  async #lockRows<Table extends keyof Tables>(
    table: Table,
    where: (row: Tables[Table], key: string) => boolean,
    { mode, skipLocked = false, limit = Number.POSITIVE_INFINITY }: Locking,
  ): Promise<readonly Keyed<Tables[Table]>[]> {
    const found: Keyed<Tables[Table]>[] = [];
    for (const [key, seen] of this.#snapshot.rows(table)) {
      if (found.length >= limit) break;
      if (!where(seen, key)) continue;
      const name = rowName(table, key);
      if (!skipLocked) await this.#acquire(name, mode);
      else if (!this.#shared.locks.tryAcquire(this, name, mode)) {
        this.#shared.happened('skipped');
        continue;
      }
      const row = this.#snapshot.get(table, key);
      if (row !== undefined && where(row, key)) found.push([key, row]);
      await this.#shared.scheduler.point();
    }
    return found;
  }

  /** @returns whether it was inserted */
  async #insertRow<Table extends keyof Tables>(table: Table, key: string, row: Tables[Table]): Promise<boolean> {
    const name = rowName(table, key);
    for (;;) {
      const writer = this.#shared.writers.get(name);
      if (writer !== undefined && writer !== this) await this.#acquire(ownName(writer.#id), 'share');
      else if (this.#snapshot.get(table, key) !== undefined) return false;
      else if (this.#shared.locks.tryAcquire(this, name, 'exclusive')) break;
      // Somebody had waited for the lock of a row that was deleted, and may be about to write it anew.
      else await this.#acquire(name, 'exclusive');
    }
    this.#write(table, key, row);
    return true;
  }

  async #acquire(name: string, mode: LockMode): Promise<void> {
    if (this.#shared.locks.tryAcquire(this, name, mode)) return;
    this.#shared.happened('waited');
    await this.#shared.locks.acquire(this, name, mode);
  }
}

function snapshotOf<Tables>(committed: Committed<Tables>, written: Written<Tables>): Snapshot<Tables> {
  const writtenTo = <Table extends keyof Tables>(table: Table) =>
    written.get(table) as Map<string, Tables[Table] | undefined> | undefined;
  return {
    get(table, key) {
      const own = writtenTo(table);
      return own?.has(key) ? own.get(key) : committed[table].get(key);
    },
    rows(table) {
      const rows = new Map(committed[table]);
      for (const [key, row] of writtenTo(table) ?? []) {
        if (row === undefined) rows.delete(key);
        else rows.set(key, row);
      }
      return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
    },
  };
}

function rowName(table: PropertyKey, key: string): string {
  return `${String(table)} ${key}`;
}

/** Apart from the names of rows, which begin with a table's. */
function ownName(id: number): string {
  return `#${id}`;
}
