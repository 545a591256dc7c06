import { randomFillSync } from 'node:crypto';
import { decodeState, encodeState } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import {
  NONCE_BYTES,
  parseHeader,
  policy,
  type Registry,
  RegistryError,
  registryFromJson,
  registryToText,
} from '@dither/protocol';
import { StorageError } from '../../errors.js';
import { readBatch } from '../../ingest/contributions.js';
import { type ServedRegistry, serve } from '../../ingest/served-registry.js';
import { serverPolicy } from '../../policy.js';
import { type Cell, Counters } from '../counters.js';
import { NonceDays } from '../nonce-days.js';
import { nonceSecret } from '../nonces.js';
import type { CandidateList, CandidateSummary, IncomingBatch, Outcome, SetAside, Storage } from '../storage.js';
import { sortedByName, summaryOf } from '../summaries.js';
import { type Connection, connect } from './connection.js';
import { FreshNonces } from './fresh-nonces.js';
import { packGroup, unpackGroup } from './group.js';
import type { Contents, RegistryRow } from './messages.js';

export interface SqliteOptions {
  /** The database file; created if it is not there. Its folder must be. */
  readonly path: string;
  readonly retainedDays?: number;
  readonly foldBatches?: number;
  readonly foldMilliseconds?: number;
}

/**
 * One file, one process. Counters and nonces live in memory; a commit writes one log row with the canonical batches,
 * and a fold now and then moves the log into counters and nonces, in one transaction. A batch is in the log or
 * folded, never both, and its nonce is durable exactly when its reports are.
 *
 * @throws StorageError if the file cannot be used; it says why, and leaves the file as it is
 */
export async function sqliteStorage(options: SqliteOptions): Promise<Storage> {
  const storage = new SqliteStorage(options, await connect(options.path));
  await storage.replay();
  return storage;
}

class SqliteStorage implements Storage {
  readonly #path: string;
  readonly #connection: Connection;
  readonly #foldBatches: number;
  readonly #foldMilliseconds: number;
  readonly #registries = new Map<string, ServedRegistry>();
  readonly #setAside = new Map<string, SetAside>();
  /** Those of metrics that are set aside too: a registry served now may have the same metric. */
  readonly #counters = new Counters();
  readonly #nonces: NonceDays;
  /** The lists themselves are on disk alone. */
  readonly #lists = new Map<string, CandidateSummary>();

  /** Id of the last log row that is in the counters. */
  #logged = 0;
  /** Not folded yet: cells that changed, nonces, number of batches. */
  #dirty = new Set<Cell>();
  #fresh = new FreshNonces();
  #unfolded = 0;
  #timer: NodeJS.Timeout | undefined;
  #folding: Promise<void> | undefined;
  #isOpen = true;
  /** Set when a fold has failed in a way that nobody knows the outcome of: nothing more is counted. */
  #broken: StorageError | undefined;

  constructor(options: SqliteOptions, connection: Connection) {
    this.#path = options.path;
    this.#connection = connection;
    this.#foldBatches = options.foldBatches ?? serverPolicy.foldBatches;
    this.#foldMilliseconds = options.foldMilliseconds ?? serverPolicy.foldMilliseconds;
    this.#nonces = new NonceDays(nonceSecret(randomFillSync), options.retainedDays ?? policy.retainedDays);
  }

  /** Takes over what is on disk, and folds what was left in the log. */
  async replay(): Promise<void> {
    try {
      this.#load(this.#connection.contents);
      await this.#connection.ask({ op: 'accept' });
      await this.#fold();
    } catch (error) {
      await this.#connection.end();
      throw error instanceof StorageError ? error : new StorageError('storage-corrupt', (error as Error).message);
    }
  }

  #load({ registries, states, nonces, log, candidates }: Contents): void {
    for (const list of candidates) this.#lists.set(list.name, list);
    for (const row of registries) this.#take(row);
    for (const { metric, window, state } of states) this.#counters.put({ metric, window, state: decodeState(state) });
    for (const { day, segment } of nonces) {
      for (let at = 0; at < segment.length; at += NONCE_BYTES) this.#nonces.add(day, segment, at);
    }
    for (const { id, group } of log) {
      for (const bytes of unpackGroup(group)) this.#count(this.#read(bytes));
      this.#logged = id;
    }
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
    await this.#connection.ask({ op: 'save-registry', fingerprint, text: registryToText(registry) });
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
    if (this.#broken !== undefined) throw this.#broken;
    if (!this.#isOpen) throw new StorageError('not-stored', 'the storage is closed');
    const outcomes = this.#judge(batches);
    const accepted = batches.filter((_, i) => outcomes[i] === 'accepted');
    if (accepted.length > 0) {
      const id = this.#logged + 1;
      const group = packGroup(accepted);
      await this.#connection.ask({ op: 'commit', row: { id, group } }, [group.buffer]);
      for (const batch of accepted) this.#count(batch);
      this.#logged = id;
      this.#foldSoon();
    }
    return outcomes;
  }

  /** Changes nothing: what is not on disk yet must not be known. */
  #judge(batches: readonly IncomingBatch[]): readonly Outcome[] {
    let newest = this.#nonces.newest;
    const here = new Set<string>();
    return batches.map(({ day, nonce }) => {
      if (day < this.#nonces.oldest(newest)) return 'too-old';
      const name = String.fromCharCode(day, ...nonce);
      if (here.has(name) || this.#nonces.has(day, nonce)) return 'duplicate';
      here.add(name);
      newest = Math.max(newest, day);
      return 'accepted';
    });
  }

  /** Adds a durable batch to the counters. */
  #count({ day, nonce, contributions }: IncomingBatch): void {
    this.#nonces.add(day, nonce);
    this.#fresh.add(day, nonce);
    for (const contribution of contributions) this.#dirty.add(this.#counters.add(contribution));
    this.#unfolded++;
  }

  #foldSoon(): void {
    this.#timer ??= setTimeout(() => void this.#foldQuietly(), this.#foldMilliseconds);
    if (this.#unfolded >= this.#foldBatches) void this.#foldQuietly();
  }

  /** Nobody waits for this fold: it is tried again with the next one, or breaks the next commit. */
  async #foldQuietly(): Promise<void> {
    try {
      await this.#fold();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (error.code === 'not-stored')
        this.#timer ??= setTimeout(() => void this.#foldQuietly(), this.#foldMilliseconds);
      else this.#broken = error;
    }
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
    if (this.#unfolded === 0) return;
    const [dirty, fresh, unfolded] = [this.#dirty, this.#fresh, this.#unfolded];
    this.#dirty = new Set();
    this.#fresh = new FreshNonces();
    this.#unfolded = 0;
    const states = [...dirty].map(({ metric, window, state }) => ({ metric, window, state: encodeState(state) }));
    const oldestDay = this.#nonces.oldest();
    try {
      await this.#connection.ask({
        op: 'fold',
        fold: { through: this.#logged, states, nonces: fresh.segments(), oldestDay },
      });
    } catch (error) {
      for (const cell of dirty) this.#dirty.add(cell);
      this.#fresh.addAll(fresh);
      this.#unfolded += unfolded;
      throw error;
    }
  }

  async states(metric: string, from: number, to: number) {
    return this.#counters.states(metric, from, to);
  }

  async windows(metric: string) {
    return this.#counters.windows(metric);
  }

  async saveCandidates(list: CandidateList): Promise<void> {
    await this.#connection.ask({ op: 'save-candidates', list });
    this.#lists.set(list.name, summaryOf(list));
  }

  async candidates(name: string): Promise<CandidateList | undefined> {
    return (await this.#connection.ask({ op: 'load-candidates', name })).list;
  }

  async candidateLists(): Promise<readonly CandidateSummary[]> {
    return sortedByName([...this.#lists.values()]);
  }

  async deleteCandidates(name: string): Promise<boolean> {
    await this.#connection.ask({ op: 'delete-candidates', name });
    return this.#lists.delete(name);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      await this.#folding?.catch(() => undefined);
      await this.#fold();
      await this.#connection.ask({ op: 'close' });
    } finally {
      clearTimeout(this.#timer);
      await this.#connection.end();
    }
  }
}

/** Why a file is refused whose log only an earlier version can fold. */
function older(path: string, { fingerprint, reason }: SetAside): string {
  return `the log of ${path} holds batches of registry ${fingerprint}, which this version cannot read (${reason}); start the previous version once so that it folds its log. The file is left as it is`;
}
