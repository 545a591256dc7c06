import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Whether a thread that uses SQLite does so at the moment. The driver cannot throw an error into a thread that is being
 * ended: it throws it where nobody catches it, which ends the whole process (SIGABRT). So no such thread is ended by
 * others, nor the process, but between two calls.
 */
const BUSY = 0;
const OVER = 1;

/** Longest that the end of the process waits for a call: a disk may hang for hours. */
const PATIENCE_MILLISECONDS = 2000;

/** What each of these threads is given, beside what is its own. */
export interface ThreadData {
  readonly turn: Int32Array;
}

/** Of the threads there are. */
const turns = new Set<Int32Array>();

export interface Thread {
  readonly worker: Worker;
  /** Resolves once it has ended, by itself. */
  readonly ended: Promise<void>;
}

/** Begins a thread that uses SQLite, from its first moment until it says otherwise. */
export function startThread(url: URL, own: object, resourceLimits: ResourceLimits = {}): Thread {
  const turn = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  Atomics.store(turn, BUSY, 1);
  if (turns.size === 0) process.on('exit', endTurns);
  turns.add(turn);
  const worker = new Worker(url, { workerData: { ...own, turn } satisfies ThreadData, resourceLimits });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      turns.delete(turn);
      if (turns.size === 0) process.off('exit', endTurns);
      resolve();
    });
  });
  return { worker, ended };
}

/** Lets the calls that are under way end, and no other begin. */
function endTurns(): void {
  for (const turn of turns) Atomics.store(turn, OVER, 1);
  const end = performance.now() + PATIENCE_MILLISECONDS;
  for (const turn of turns) Atomics.wait(turn, BUSY, 1, Math.max(0, end - performance.now()));
}

/** In the thread: uses SQLite. Does not return where the process ends. */
export function inTurn<T>(turn: Int32Array, work: () => T): T {
  Atomics.store(turn, BUSY, 1);
  if (Atomics.load(turn, OVER) === 1) {
    endTurn(turn);
    Atomics.wait(turn, OVER, 1);
  }
  try {
    return work();
  } finally {
    endTurn(turn);
  }
}

/** In the thread: it does not use SQLite any more, or will do so in turn. */
export function endTurn(turn: Int32Array): void {
  Atomics.store(turn, BUSY, 0);
  Atomics.notify(turn, BUSY);
}
