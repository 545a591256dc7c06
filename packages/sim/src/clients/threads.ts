import { Worker } from 'node:worker_threads';
import { registryToText } from '@dither/protocol';
import type { Counted, Engine, Job } from '../engine.js';
import { policy } from '../policy.js';
import { type Block, emptyTallies, mergeTallies, type Tally } from '../tally.js';
import { blocksOf } from './blocks.js';
import type { Done, ThreadData } from './thread-data.js';

/** Also where this file runs as it is written: a thread cannot. */
const WORKER = new URL('../../dist/clients/worker.js', import.meta.url);

/**
 * Installation by installation, blocks shared out among threads. Sums of whole numbers do not depend on their order, so that
 * the number of threads changes nothing but the time. Mechanisms are those of the catalogue.
 *
 * @param file - what a thread runs; for tests of threads that fail
 */
export function threads(count: number, file: URL = WORKER): Engine {
  return async function* (job, { onProgress = () => undefined, stop }) {
    const sums = new Sums(job);
    const pool = new Pool(count, file, job);
    const wake = (): void => pool.wake();
    stop?.addEventListener('abort', wake);
    try {
      for (let repetition = 0; repetition < job.repetitions; repetition++) {
        while (!sums.isWhole(repetition) && !stop?.aborted) {
          pool.feed(repetition);
          for (const done of await pool.next()) {
            sums.add(done);
            onProgress(sums.installations);
          }
        }
        const counted = sums.take(repetition);
        if (counted.clients === job.clients || (repetition === 0 && counted.clients > 0)) yield counted;
        if (counted.clients < job.clients) return;
      }
    } finally {
      stop?.removeEventListener('abort', wake);
      await pool.close();
    }
  };
}

/** Repetitions of which something is done. */
class Sums {
  installations = 0;
  readonly #job: Job;
  readonly #begun = new Map<number, { clients: number; readonly tallies: readonly Tally[] }>();

  constructor(job: Job) {
    this.#job = job;
  }

  add({ block: { repetition, from, to }, tallies }: Done): void {
    const sum = this.#of(repetition);
    mergeTallies(this.#job.metrics, sum.tallies, tallies);
    sum.clients += to - from;
    this.installations += to - from;
  }

  isWhole(repetition: number): boolean {
    return this.#begun.get(repetition)?.clients === this.#job.clients;
  }

  take(repetition: number): Counted {
    const sum = this.#of(repetition);
    this.#begun.delete(repetition);
    return { repetition, ...sum };
  }

  #of(repetition: number) {
    const sum = this.#begun.get(repetition) ?? { clients: 0, tallies: emptyTallies(this.#job.metrics) };
    this.#begun.set(repetition, sum);
    return sum;
  }
}

/** Threads with two blocks each: one in work, one that waits. */
class Pool {
  readonly #workers: readonly { readonly worker: Worker; waiting: number }[];
  readonly #blocks: Iterator<Block>;
  #following: Block | undefined;
  #done: Done[] = [];
  #failure: Error | undefined;
  #isClosing = false;
  #awake: () => void = () => undefined;

  constructor(count: number, file: URL, { registry, population, seed, clients, repetitions }: Job) {
    const workerData: ThreadData = { registry: registryToText(registry), population, seed };
    this.#blocks = allBlocks(clients, repetitions);
    this.#following = this.#blocks.next().value;
    this.#workers = Array.from({ length: count }, () => {
      const own = { worker: new Worker(file, { workerData, execArgv: [] }), waiting: 0 };
      own.worker.on('message', (done: Done) => {
        own.waiting--;
        this.#done.push(done);
        this.wake();
      });
      own.worker.on('error', (error) => this.#fail(error));
      own.worker.on('messageerror', (error) => this.#fail(error));
      own.worker.on('exit', (code) => this.#fail(new Error(`a thread ended by itself, with ${code}`)));
      return own;
    });
  }

  /** Gives work to those that wait, of few repetitions after the one that is asked for: what nobody takes stays in memory. */
  feed(repetition: number): void {
    for (const own of this.#workers) {
      for (; own.waiting < 2; own.waiting++) {
        if (this.#following === undefined || this.#following.repetition > repetition + policy.repetitionsAhead) return;
        own.worker.postMessage(this.#following);
        this.#following = this.#blocks.next().value;
      }
    }
  }

  /** What has come since the last call; waits for something to come, or for `wake`. @throws what a thread threw */
  async next(): Promise<readonly Done[]> {
    if (this.#done.length === 0 && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#awake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
    const done = this.#done;
    this.#done = [];
    return done;
  }

  wake(): void {
    this.#awake();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }

  #fail(error: Error): void {
    if (this.#isClosing) return;
    this.#failure ??= error;
    this.wake();
  }
}

function* allBlocks(clients: number, repetitions: number): Generator<Block, undefined> {
  for (let repetition = 0; repetition < repetitions; repetition++) yield* blocksOf(repetition, clients);
}
