import { Worker } from 'node:worker_threads';
import { ProblemError } from '../../errors.js';
import { serverPolicy } from '../../policy.js';
import type { Job, Reply, Result } from './messages.js';

/** Does a job, somewhere. */
export type Run = <J extends Job>(job: J) => Promise<Result<J>>;

export interface EstimateThread {
  /** @throws ProblemError `estimate-unavailable`: it takes too long, too many are waiting, or this is closed */
  readonly run: Run;
  /** Ends the thread. What is not done by then is refused. */
  close(): Promise<void>;
}

export interface EstimateThreadOptions {
  readonly estimateMilliseconds?: number;
  readonly waitingEstimates?: number;
}

interface Entry {
  readonly job: Job;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One thread beside the one that takes batches in, so that no estimate, of up to some seconds, delays any of them.
 * Begun by the first question. A job that takes too long ends with its thread; the next one begins another.
 */
export function createEstimateThread(options: EstimateThreadOptions = {}): EstimateThread {
  const { estimateMilliseconds = serverPolicy.estimateMilliseconds, waitingEstimates = serverPolicy.waitingEstimates } =
    options;
  const waiting: Entry[] = [];
  let worker: Worker | undefined;
  let running: { readonly entry: Entry; readonly timer: NodeJS.Timeout } | undefined;
  let isOpen = true;

  function begin(): Worker {
    const begun = new Worker(new URL('./worker.js', import.meta.url));
    begun.on('message', (reply: Reply) => {
      if (worker !== begun) return;
      settle((entry) =>
        'result' in reply ? entry.resolve(reply.result) : entry.reject(new Error(`estimating: ${reply.failure}`)),
      );
    });
    begun.on('error', (error) => {
      // One that was ended may fail on the way out.
      if (worker !== begun) return;
      worker = undefined;
      settle((entry) => entry.reject(error));
    });
    return begun;
  }

  function settle(how: (entry: Entry) => void): void {
    if (running === undefined) return;
    clearTimeout(running.timer);
    const { entry } = running;
    running = undefined;
    how(entry);
    next();
  }

  function next(): void {
    const entry = waiting.shift();
    if (entry === undefined) return;
    worker ??= begin();
    running = { entry, timer: setTimeout(() => void giveUp(), estimateMilliseconds) };
    worker.postMessage(entry.job);
  }

  async function giveUp(): Promise<void> {
    await end();
    settle(refuse);
  }

  async function end(): Promise<void> {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  }

  function refuse({ reject }: Entry): void {
    reject(new ProblemError('estimate-unavailable'));
  }

  return {
    run<J extends Job>(job: J): Promise<Result<J>> {
      return new Promise((resolve, reject) => {
        // The thread answers a job of either kind with a result of that kind.
        const entry: Entry = { job, resolve: (result) => resolve(result as Result<J>), reject };
        if (!isOpen || waiting.length >= waitingEstimates) {
          refuse(entry);
          return;
        }
        waiting.push(entry);
        if (running === undefined) next();
      });
    },
    async close() {
      isOpen = false;
      for (const entry of waiting.splice(0)) refuse(entry);
      await end();
      settle(refuse);
    },
  };
}
