import { randomFillSync } from 'node:crypto';
import { statSync } from 'node:fs';
import { catalogue } from '@dither/mechanisms/catalogue';
import { parseHeader, policy, type Registry, RegistryError, registryFromJson, registryToText } from '@dither/protocol';
import { StorageError } from '../../errors.js';
import { readBatch } from '../../ingest/contributions.js';
import { type ServedRegistry, serve } from '../../ingest/served-registry.js';
import { serverPolicy } from '../../policy.js';
import { batchName } from '../batch-name.js';
import { Counters } from '../counters.js';
import { NonceDays } from '../nonce-days.js';
import { bytesFor, nonceSecret } from '../nonces.js';
import { packState, unpackState } from '../packed-state.js';
import type {
  CandidateList,
  CandidateSummary,
  IncomingBatch,
  Outcome,
  RecordKind,
  SetAside,
  Storage,
  StorageUsage,
  StoredRecord,
  WindowCount,
  WindowState,
} from '../storage.js';
import { sortedByName, summaryOf } from '../summaries.js';
import { type BackupSummary, writeBackup } from './backup.js';
import { type Connection, connect } from './connection.js';
import { FreshNonces } from './fresh-nonces.js';
import { packGroup, unpackGroup } from './group.js';
import type { Contents, NonceRow, RegistryRow, StateRow } from './messages.js';

export interface SqliteOptions {
  /** The database file; created if it is not there. Its folder must be. */
  readonly path: string;
  /** Days before the newest one counted whose nonces are remembered; the protocol's unless told. */
  readonly retainedDays?: number;
  /** Windows that begin as many days before the newest day counted but one are forgotten; `serverPolicy.retentionDays` unless told. */
  readonly retentionDays?: number | false;
  /** Above it the nonces of older days are looked up on disk; `serverPolicy.nonceMemoryBytes` unless told. */
  readonly nonceMemoryBytes?: number;
  readonly foldBatches?: number;
  readonly foldMilliseconds?: number;
}

export interface SqliteStorage extends Storage {
  /**
   * Writes all that is counted to a new file, and checks it, while the server goes on; commits wait for the copy.
   * @throws StorageError `backup-exists`, `not-stored`, `storage-broken`
   */
  backup(path: string): Promise<BackupSummary>;
}

/**
 * One file, one process. A commit writes one log row with the canonical batches. What they add to the counters is
 * summed in memory, and a fold now and then moves it, the nonces and the log into the file's counters in one
 * transaction. A batch is in the log or folded, never both, and its nonce is durable exactly when its reports are.
 *
 * @throws StorageError if the file cannot be used; it says why, and leaves the file as it is
 */
export async function sqliteStorage(options: SqliteOptions): Promise<SqliteStorage> {
  const storage = new OneFile(options, await connect(options.path));
  await storage.start();
  return storage;
}

class OneFile implements SqliteStorage {
  readonly #path: string;
  readonly #connection: Connection;
  readonly #foldBatches: number;
  readonly #foldMilliseconds: number;
  readonly #retentionDays: number;
  readonly #nonceMemoryBytes: number;
  readonly #registries = new Map<string, ServedRegistry>();
  readonly #setAside = new Map<string, SetAside>();
  readonly #nonces: NonceDays;
  /** The lists themselves are on disk alone. */
  readonly #lists = new Map<string, CandidateSummary>();

  /** Id of the last log row whose batches are counted. */
  #logged = 0;
  /** Not folded yet: what batches add to the counters, their nonces, their number. */
  #deltas = new Counters();
  #fresh = new FreshNonces();
  #unfolded = 0;
  /** Runs while batches that were folded are still in SQLite's write-ahead log. */
  #erasing: NodeJS.Timeout | undefined;
  /** Windows before this one have been deleted. */
  #oldestWindow = Number.NEGATIVE_INFINITY;
  /** Windows before this one are forgotten: hidden at once, and deleted at the next fold. */
  #oldestRetained = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #folding: Promise<void> | undefined;
  /** While the thread folds: whether it succeeded. */
  #inFlight: Promise<boolean> | undefined;
  #committing: Promise<unknown> = Promise.resolve();
  /** While no commit may begin. */
  #alone: Promise<void> | undefined;
  #isOpen = true;
  /** Set when a fold has failed in a way that nobody knows the outcome of: nothing more is counted. */
  #broken: StorageError | undefined;

  constructor(options: SqliteOptions, connection: Connection) {
    const { retainedDays = policy.retainedDays, retentionDays = serverPolicy.retentionDays } = options;
    this.#path = options.path;
    this.#connection = connection;
    this.#foldBatches = options.foldBatches ?? serverPolicy.foldBatches;
    this.#foldMilliseconds = options.foldMilliseconds ?? serverPolicy.foldMilliseconds;
    this.#retentionDays = retentionDays === false ? Number.POSITIVE_INFINITY : retentionDays;
    this.#nonceMemoryBytes = options.nonceMemoryBytes ?? serverPolicy.nonceMemoryBytes;
    this.#nonces = new NonceDays(nonceSecret(randomFillSync), retainedDays);
  }

  /** Takes over what is on disk, and folds what was left in the log. */
  async start(): Promise<void> {
    try {
      const crowded = await this.#load(this.#connection.contents);
      await this.#connection.ask('accept', undefined);
      // On a disk that is full the log stays, and is folded once there is room.
      await this.#foldQuietly();
      if (this.#broken !== undefined) throw this.#broken;
      for (const day of crowded) await this.#seal(day);
    } catch (error) {
      await this.#connection.end();
      throw error instanceof StorageError ? error : new StorageError('storage-corrupt', (error as Error).message);
    }
  }

  /** @returns days whose nonces found no place in memory */
  async #load({ registries, nonceDays, log, candidates }: Contents): Promise<readonly number[]> {
    for (const list of candidates) this.#lists.set(list.name, list);
    for (const row of registries) this.#take(row);
    const crowded: number[] = [];
    for (const { day, loose, sealed } of [...nonceDays].reverse()) {
      const isCrowded = loose > 0 && this.#nonces.bytes + bytesFor(loose) > this.#nonceMemoryBytes;
      this.#nonces.load(day, isCrowded ? new Uint8Array() : await this.#connection.ask('nonces', day), sealed);
      if (isCrowded) crowded.push(day);
    }
    this.#retain();
    for (const { id, group } of log) {
      this.#count([...unpackGroup(group)].map((bytes) => this.#read(bytes)));
      this.#logged = id;
    }
    return crowded;
  }

  /** Serves a stored registry, or sets it aside if this version makes something else of it. */
  #take({ fingerprint, text }: RegistryRow): void {
    try {
      this.#serve(registryFromJson(JSON.parse(text), catalogue));
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      this.#setAside.set(fingerprint, { fingerprint, reason: error.code });
    }
  }

  #serve(registry: Registry): void {
    // At the end, also one that was there.
    this.#registries.delete(registry.fingerprint);
    this.#registries.set(registry.fingerprint, serve(registry));
  }

  /** A batch of the log, as it was when it was counted. */
  #read(bytes: Uint8Array): IncomingBatch {
    const { day, nonce, registry } = parseHeader(bytes);
    const aside = this.#setAside.get(registry);
    if (aside !== undefined) throw new StorageError('storage-older', older(this.#path, aside));
    const served = this.#registries.get(registry);
    if (served === undefined) throw new StorageError('storage-corrupt', 'the log names a registry that is not stored');
    return { day, nonce, bytes, contributions: readBatch(bytes, { day, nonce }, served).contributions };
  }

  async saveRegistry(registry: Registry): Promise<void> {
    const { fingerprint } = registry;
    await this.#connection.ask('saveRegistry', { fingerprint, text: registryToText(registry) });
    this.#serve(registry);
    this.#setAside.delete(fingerprint);
  }

  get setAside(): readonly SetAside[] {
    return [...this.#setAside.values()];
  }

  async registries(): Promise<readonly Registry[]> {
    return [...this.#registries.values()].map(({ registry }) => registry);
  }

  async commit(batches: readonly IncomingBatch[]): Promise<readonly Outcome[]> {
    while (this.#alone !== undefined) await this.#alone;
    if (this.#broken !== undefined) throw this.#broken;
    if (!this.#isOpen) throw new StorageError('not-stored', 'the storage is closed');
    const committed = this.#commit(batches);
    this.#committing = committed.catch(() => undefined);
    return committed;
  }

  async #commit(batches: readonly IncomingBatch[]): Promise<readonly Outcome[]> {
    const outcomes = await this.#judge(batches);
    const accepted = batches.filter((_, i) => outcomes[i] === 'accepted');
    if (accepted.length > 0) {
      const id = this.#logged + 1;
      const group = packGroup(accepted);
      await this.#connection.ask('commit', { id, group }, [group.buffer]);
      this.#count(accepted);
      this.#logged = id;
      this.#foldSoon();
    }
    return outcomes;
  }

  /** Changes nothing: what is not on disk yet must not be known. */
  async #judge(batches: readonly IncomingBatch[]): Promise<readonly Outcome[]> {
    let newest = this.#nonces.newest;
    const here = new Set<string>();
    const elsewhere: { readonly at: number; readonly row: NonceRow }[] = [];
    const outcomes = batches.map((batch, at): Outcome => {
      const { day, nonce } = batch;
      if (day < this.#nonces.oldest(newest)) return 'too-old';
      const name = batchName(batch);
      if (here.has(name) || this.#nonces.has(day, nonce)) return 'duplicate';
      here.add(name);
      newest = Math.max(newest, day);
      if (this.#nonces.isSealed(day)) elsewhere.push({ at, row: { day, segment: nonce } });
      return 'accepted';
    });
    if (elsewhere.length === 0) return outcomes;
    const rows = elsewhere.map(({ row }) => row);
    const known = await this.#connection.ask('known', rows);
    elsewhere.forEach(({ at }, i) => {
      if (known[i]) outcomes[at] = 'duplicate';
    });
    return outcomes;
  }

  /** Counts durable batches. */
  #count(batches: readonly IncomingBatch[]): void {
    for (const { day, nonce } of batches) {
      this.#nonces.add(day, nonce);
      this.#fresh.add(day, nonce);
    }
    this.#deltas.add(batches);
    this.#retain();
    this.#unfolded += batches.length;
  }

  /** What a later day makes too old stays so. */
  #retain(): void {
    this.#oldestRetained = Math.max(this.#oldestRetained, this.#nonces.believed - this.#retentionDays);
  }

  #foldSoon(): void {
    this.#timer ??= setTimeout(() => void this.#foldQuietly(), this.#foldMilliseconds);
    const isMuch = this.#unfolded >= this.#foldBatches || this.#deltas.bytes >= serverPolicy.foldBytes;
    if (isMuch) void this.#foldQuietly();
  }

  /** Nobody waits for this fold: it is tried again with the next one, or breaks the next commit. */
  async #foldQuietly(): Promise<void> {
    try {
      await this.#fold();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (error.code !== 'not-stored') this.#broken = error;
    }
    if (this.#unfolded === 0 || this.#broken !== undefined || !this.#isOpen) return;
    this.#timer ??= setTimeout(() => void this.#foldQuietly(), this.#foldMilliseconds);
  }

  #fold(): Promise<void> {
    this.#folding ??= this.#foldNow().finally(() => {
      this.#folding = undefined;
    });
    return this.#folding;
  }

  async #foldNow(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#unfolded > 0) await this.#foldDeltas();
    for (const day of this.#nonces.crowded) {
      if (this.#nonces.bytes > this.#nonceMemoryBytes) await this.#seal(day);
    }
  }

  async #foldDeltas(): Promise<void> {
    const [deltas, fresh, unfolded] = [this.#deltas, this.#fresh, this.#unfolded];
    this.#deltas = new Counters();
    this.#fresh = new FreshNonces();
    this.#unfolded = 0;
    const states: StateRow[] = [];
    for (const { metric, window, state } of deltas.cells()) states.push({ metric, window, state: packState(state) });
    const oldestDay = this.#nonces.oldest();
    const oldestWindow = this.#oldestRetained;
    const fold = {
      through: this.#logged,
      states,
      nonces: fresh.segments(),
      oldestDay,
      ...(oldestWindow > this.#oldestWindow ? { oldestWindow } : {}),
    };
    const asked = this.#connection.ask('fold', fold);
    this.#inFlight = asked.then(
      () => true,
      () => false,
    );
    try {
      const logBytes = await asked;
      this.#eraseSoon(logBytes >= serverPolicy.eraseAtBytes ? 0 : undefined);
      this.#oldestWindow = Math.max(this.#oldestWindow, oldestWindow);
    } catch (error) {
      deltas.addAll(this.#deltas);
      this.#deltas = deltas;
      this.#fresh.addAll(fresh);
      this.#unfolded += unfolded;
      throw error;
    } finally {
      this.#inFlight = undefined;
    }
  }

  /** Overwrites, after a time, the write-ahead log. On a disk without room for what is in it that is tried again. */
  #eraseSoon(milliseconds = serverPolicy.foldsBeforeErasure * this.#foldMilliseconds): void {
    // The closing does so itself.
    if (!this.#isOpen) return;
    if (milliseconds === 0) clearTimeout(this.#erasing);
    else if (this.#erasing !== undefined) return;
    this.#erasing = setTimeout(() => void this.#eraseNow(), milliseconds);
  }

  async #eraseNow(): Promise<void> {
    this.#erasing = undefined;
    try {
      if (await this.#connection.ask('erase', undefined)) return;
    } catch (error) {
      this.#broken = error as StorageError;
      return;
    }
    this.#eraseSoon();
  }

  get newestDay(): number | undefined {
    return Number.isFinite(this.#nonces.newest) ? this.#nonces.newest : undefined;
  }

  /** Takes the folded nonces of a day out of memory. Those that are counted meanwhile stay. */
  async #seal(day: number): Promise<void> {
    const sealed = await this.#connection.ask('seal', day);
    this.#nonces.seal(day, sealed, this.#fresh.of(day));
  }

  /**
   * What `read` finds on disk beside what is not folded yet. A fold that is under way when the question is asked is
   * done before it is answered; if it fails, its counters are in neither, and the question is asked again.
   */
  async #consistent<T>(read: (deltas: Counters) => Promise<T>): Promise<T> {
    for (;;) {
      const inFlight = this.#inFlight;
      const answer = await read(this.#deltas);
      if (inFlight === undefined || (await inFlight)) return answer;
    }
  }

  async states(metric: string, from: number, to: number): Promise<readonly WindowState[]> {
    const found: WindowState[] = [];
    for (let next: number | undefined = Math.max(from, this.#oldestRetained); next !== undefined; ) {
      const start: number = next;
      const { states, more } = await this.#consistent((deltas) => this.#someStates(deltas, metric, start, to));
      found.push(...states);
      next = more;
    }
    return found;
  }

  async #someStates(deltas: Counters, metric: string, from: number, to: number) {
    // Copied as the question is asked: what is counted until it is answered may be folded by then, or not.
    const unfolded = deltas.states(metric, from, to);
    const { rows, next: more } = await this.#connection.ask('states', { metric, from, to });
    const until = more === undefined ? to : more - 1;
    const sum = new Counters();
    for (const { window, state } of rows) sum.put({ metric, window, state: unpackState(state) });
    for (const { window, state } of unfolded) if (window <= until) sum.put({ metric, window, state });
    return { states: sum.states(metric, from, until), more };
  }

  windows(metric: string): Promise<readonly WindowCount[]> {
    return this.#consistent(async (deltas) => {
      const unfolded = deltas.windows(metric);
      const counts = new Map<number, number>();
      for (const { window, n } of [...(await this.#connection.ask('windows', metric)), ...unfolded]) {
        counts.set(window, (counts.get(window) ?? 0) + n);
      }
      return [...counts]
        .filter(([window]) => window >= this.#oldestRetained)
        .map(([window, n]) => ({ window, n }))
        .sort((a, b) => a.window - b.window);
    });
  }

  async saveCandidates(list: CandidateList): Promise<void> {
    await this.#connection.ask('saveCandidates', list);
    this.#lists.set(list.name, summaryOf(list));
  }

  candidates(name: string): Promise<CandidateList | undefined> {
    return this.#connection.ask('candidates', name);
  }

  async candidateLists(): Promise<readonly CandidateSummary[]> {
    return sortedByName([...this.#lists.values()]);
  }

  async deleteCandidates(name: string): Promise<boolean> {
    await this.#connection.ask('deleteCandidates', name);
    return this.#lists.delete(name);
  }

  putRecord(record: StoredRecord): Promise<undefined> {
    return this.#connection.ask('putRecord', record);
  }

  records(kind: RecordKind): Promise<readonly StoredRecord[]> {
    return this.#connection.ask('records', kind);
  }

  deleteRecord(kind: RecordKind, id: string): Promise<boolean> {
    return this.#connection.ask('deleteRecord', { kind, id });
  }

  async probe(): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    await this.#connection.ask('probe', undefined);
  }

  usage(): StorageUsage {
    return {
      nonces: this.#nonces.size,
      nonceBytes: this.#nonces.bytes,
      logBatches: this.#unfolded,
      diskBytes: sizeOf(this.#path) + sizeOf(`${this.#path}-wal`),
    };
  }

  backup(path: string): Promise<BackupSummary> {
    return writeBackup(path, (partial) => this.#copy(partial));
  }

  /** Copies the file at a moment at which everything is folded: no batch is in the copy. */
  async #copy(path: string): Promise<void> {
    while (this.#alone !== undefined) await this.#alone;
    const copied = (async () => {
      await this.#committing;
      do await this.#fold();
      while (this.#unfolded > 0);
      await this.#connection.ask('copy', path);
    })();
    this.#alone = copied
      .catch(() => undefined)
      .finally(() => {
        this.#alone = undefined;
      });
    await copied;
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#erasing);
    try {
      await this.#folding?.catch(() => undefined);
      await this.#fold();
      await this.#connection.ask('erase', undefined);
      await this.#connection.ask('close', undefined);
    } finally {
      clearTimeout(this.#timer);
      await this.#connection.end();
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Why a file is refused whose log only an earlier version can fold. */
function older(path: string, { fingerprint, reason }: SetAside): string {
  return `the log of ${path} holds batches of registry ${fingerprint}, which this version cannot read (${reason}); start the previous version once so that it folds its log. The file is left as it is`;
}
