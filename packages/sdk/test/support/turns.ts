import { uniformInt, type WordSource } from '@dither/mechanisms';

/** Who goes on, where several steps are under way at once. */
export interface Turns {
  /** Resolves when it is the caller's turn: called before everything that touches storage or network. */
  take(): Promise<void>;
  /** Lets `count` turns pass, fewer if nobody waits any more. */
  pass(count: number): Promise<void>;
  /** Lets turns pass until `work` is done. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Runs a task that came due: to its end, or as far as chance has it. */
  begin(task: () => Promise<void>): Promise<void>;
}

/** Whatever can go on without a turn has done so when a macrotask has passed. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One step after the other, as where nothing ever waits. */
export const oneByOne: Turns = {
  take: async () => undefined,
  pass: quiet,
  during: (work) => work,
  begin: (task) => task(),
};

/** More turns than any step takes, so that some go on into the next timers. */
const MOST_AT_ONCE = 16;

/** Whoever `source` chooses of those who wait, so that the steps of all tabs are mixed in every way there is. */
export function mixed(source: WordSource): Turns {
  const waiting: (() => void)[] = [];

  async function next(): Promise<boolean> {
    await quiet();
    if (waiting.length === 0) return false;
    const [go] = waiting.splice(uniformInt(source, waiting.length), 1);
    go?.();
    return true;
  }

  async function pass(count: number): Promise<void> {
    for (let i = 0; i < count && (await next()); i++);
  }

  return {
    take: () => new Promise((resolve) => waiting.push(resolve)),
    pass,
    async during(work) {
      let isDone = false;
      const noted = work.finally(() => {
        isDone = true;
      });
      while (!isDone) await next();
      return noted;
    },
    begin(task) {
      // Not waited for: the next timer may fire before it has ended.
      void task();
      return pass(uniformInt(source, MOST_AT_ONCE));
    },
  };
}
