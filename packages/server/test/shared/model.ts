import { decodeState } from '@dither/mechanisms';
import { policy } from '@dither/protocol';
import { type IncomingBatch, ProblemError, StorageError } from '@dither/server';
// As built, like all that `@dither/server` exports: the source has error classes of its own.
import { type Batcher, createBatcher } from '../../dist/ingest/batcher.js';
import { DAY, incoming, registry } from '../fixture.js';
import { Compactor } from './compactor.js';
import type { Snapshot } from './database.js';
import { type Dice, dice } from './dice.js';
import { randomFaults } from './faults.js';
import { SeededScheduler } from './scheduler.js';
import { SharedStorage } from './shared-storage.js';
import { newestDay, type SharedDatabase, sharedDatabase, type Tables } from './tables.js';

/** What is put under test. */
export interface Variant {
  readonly Node?: typeof SharedStorage;
  readonly Compactor?: typeof Compactor;
}

/**
 * `counted-twice`, `lost`: the counters hold a batch more often than once, or an acknowledged one not at all.
 * `not-durable`: that one was lost at the moment of its acknowledgement. `accepted-twice`: two answers said so.
 * `too-old`: so it was called, and was not. `torn-read`: a node saw a batch twice, or missed one acknowledged before.
 * `foreign`: something is counted that is in no batch. `unknown-day`: a node took a day for counted that was not.
 * `fatal`: a server stopped for good, and the play with it.
 */
export type Violation =
  | 'accepted-twice'
  | 'counted-twice'
  | 'fatal'
  | 'foreign'
  | 'lost'
  | 'not-durable'
  | 'too-old'
  | 'torn-read'
  | 'unknown-day';

/** What came of one play. */
export interface Played {
  readonly violations: ReadonlySet<Violation>;
  /** How often the database met what, and how often servers answered what. */
  readonly events: ReadonlyMap<string, number>;
}

interface Node {
  readonly storage: SharedStorage;
  readonly batcher: Batcher;
}

/** Every batch has a window of its own in this metric, so that the counters say how often it was counted. */
const OWN = registry.metrics['dark-mode'].fingerprint;
/** All of them count in one window of this one. */
const COMMON = registry.metrics.theme.fingerprint;
const FAR = policy.retainedDays + 1;
/** Of a day's batches most come on that day; now and then days pass, and more than are remembered. */
const DAYS = [0, 0, 0, 0, 1, 2, FAR, FAR + 1];

const ownWindow = (batch: number) => DAY - 1 - batch;

/** Some servers over one database, and those who send to them. */
class Play {
  readonly #dice: Dice;
  readonly #scheduler: SeededScheduler;
  readonly #database: SharedDatabase;
  readonly #nodes: readonly Node[];
  readonly #compactors: readonly [Compactor, Compactor];
  readonly #batches: readonly IncomingBatch[];
  readonly #violations = new Set<Violation>();
  readonly #answers = new Map<string, number>();
  /** Those acknowledged as counted, and those answered `accepted`. */
  readonly #acknowledged = new Set<number>();
  readonly #accepted = new Set<number>();
  #isOver = false;
  /** What no storage may throw. */
  #bug: Error | undefined;

  constructor(seed: number, variant: Variant) {
    const { Node = SharedStorage, Compactor: Folding = Compactor } = variant;
    const chance = dice(seed);
    this.#dice = chance;
    this.#scheduler = new SeededScheduler(chance);
    const faults = randomFaults(chance, { share: chance.pick([0, 0.01, 0.03]), most: 20 });
    this.#database = sharedDatabase({ scheduler: this.#scheduler, faults });
    let ids = 0;
    const newId = () => `${chance.roll(1e9)} ${ids++}`;
    this.#nodes = Array.from({ length: 2 + chance.roll(2) }, () => {
      const storage = new Node(this.#database, { newId });
      return { storage, batcher: createBatcher(storage, { onFatal: (error) => this.#stop(error) }) };
    });
    this.#compactors = [new Folding(this.#database), new Folding(this.#database)];
    this.#batches = Array.from({ length: 3 + chance.roll(6) }, (_, batch) =>
      incoming({
        day: DAY + chance.pick(DAYS),
        nonce: Uint8Array.from({ length: 16 }, () => chance.roll(256)),
        reports: [
          { id: 'dark-mode', bytes: [1], window: ownWindow(batch) },
          { id: 'theme', bytes: [1], window: DAY - 1 },
        ],
      }),
    );
  }

  async run(): Promise<Played> {
    await this.#scheduler.run(this.#all());
    if (this.#bug !== undefined) throw this.#bug;
    return { violations: this.#violations, events: new Map([...this.#database.events, ...this.#answers]) };
  }

  async #all(): Promise<void> {
    const [compactor, other] = this.#compactors;
    const background = Promise.all([
      this.#again(() => compactor.fold()),
      this.#again(() => other.fold()),
      this.#again(() => compactor.prune(), 4),
      this.#again(() => this.#read()),
    ]);
    await Promise.all(
      this.#batches.flatMap((_, batch) => Array.from({ length: 1 + this.#dice.roll(3) }, () => this.#send(batch))),
    );
    this.#isOver = true;
    await background;
    this.#checkAll();
    // What failed leaves deltas behind, as what is left to do.
    while ((await compactor.fold().catch(expectStorageError)) !== 0);
    this.#checkAll();
  }

  #stop(error: Error): void {
    if (!(error instanceof StorageError)) this.#bug = error;
    this.#violations.add('fatal');
  }

  /** Some time. */
  async #pause(most: number): Promise<void> {
    for (let points = this.#dice.roll(most); points > 0; points--) await this.#scheduler.point();
  }

  async #again(work: () => Promise<unknown>, most = 20): Promise<void> {
    while (!this.#isOver) {
      await this.#pause(most);
      await work().catch(expectStorageError);
    }
  }

  /** As a client does: the same batch until somebody answers, to whichever server. A replay may follow. */
  async #send(batch: number): Promise<void> {
    const { day } = this.#batches[batch] as IncomingBatch;
    if (day >= DAY + FAR) await this.#pause(400);
    for (let left = 1 + this.#dice.roll(3); left > 0 && !this.#violations.has('fatal'); ) {
      await this.#pause(30);
      const { batcher } = this.#dice.pick(this.#nodes);
      const outcome = await batcher.submit(this.#batches[batch] as IncomingBatch).catch(expectUnavailable);
      this.#answers.set(outcome, (this.#answers.get(outcome) ?? 0) + 1);
      if (outcome === 'unavailable') continue;
      left--;
      this.#checkAnswer(batch, outcome);
    }
  }

  #checkAnswer(batch: number, outcome: string): void {
    const { day } = this.#batches[batch] as IncomingBatch;
    const newest = this.#database.look(newestDay) ?? 0;
    if (this.#nodes.some(({ storage }) => (storage.newestDay ?? 0) > newest)) this.#violations.add('unknown-day');
    if (outcome === 'too-old') {
      if (day >= newest - policy.retainedDays) this.#violations.add('too-old');
      return;
    }
    if (outcome === 'accepted') {
      if (this.#accepted.has(batch)) this.#violations.add('accepted-twice');
      this.#accepted.add(batch);
    }
    this.#acknowledged.add(batch);
    if (this.#database.look((snapshot) => countedIn(snapshot, OWN, ownWindow(batch))) === 0) {
      this.#violations.add('not-durable');
    }
  }

  async #read(): Promise<void> {
    const before = [...this.#acknowledged];
    const { storage } = this.#dice.pick(this.#nodes);
    const counts = new Map((await storage.windows(OWN)).map(({ window, n }) => [window, n]));
    const isMissing = before.some((batch) => !counts.has(ownWindow(batch)));
    if (isMissing || [...counts.values()].some((n) => n > 1)) this.#violations.add('torn-read');
  }

  /** What the counters hold, whoever was answered what. */
  #checkAll(): void {
    this.#database.look((snapshot) => {
      const counts = this.#batches.map((_, batch) => countedIn(snapshot, OWN, ownWindow(batch)));
      if (counts.some((n) => n > 1)) this.#violations.add('counted-twice');
      if (counts.some((n, batch) => n === 0 && this.#acknowledged.has(batch))) this.#violations.add('lost');
      const all = counts.reduce((sum, n) => sum + n, 0);
      if (countedIn(snapshot, OWN) !== all || countedIn(snapshot, COMMON) !== all) this.#violations.add('foreign');
    });
  }
}

/** Reports of the metric that are counted, in that window or in all. */
function countedIn(snapshot: Snapshot<Tables>, metric: string, window?: number): number {
  const counters = snapshot.rows('counter').map(([, cell]) => cell);
  const deltas = snapshot.rows('delta').flatMap(([, { cells }]) => cells);
  return [...counters, ...deltas]
    .filter((cell) => cell.metric === metric && (window === undefined || cell.window === window))
    .reduce((sum, { state }) => sum + decodeState(state).n, 0);
}

function expectStorageError(error: unknown): false {
  if (error instanceof StorageError) return false;
  throw error;
}

function expectUnavailable(error: unknown): 'unavailable' {
  if (error instanceof ProblemError && error.code === 'unavailable') return 'unavailable';
  throw error;
}

/** Plays what the seed says: how many servers and batches, what fails, who goes when. */
export function play(seed: number, variant: Variant = {}): Promise<Played> {
  return new Play(seed, variant).run();
}
