import type { Dice } from './dice.js';

/** Decides who goes on. Whatever takes time in truth, such as a message on its way, waits here. */
export interface Scheduler {
  point(): Promise<void>;
}

/** Everybody goes on at once. */
export const atOnce: Scheduler = { point: async () => undefined };

/** Everybody goes on after a few turns of the event loop's queue, by chance. Needs nobody to run it. */
export function restless(dice: Dice): Scheduler {
  return {
    async point() {
      for (let turns = dice.roll(4); turns > 0; turns--) await undefined;
    },
  };
}

/** Turns without anybody who could go on, after which there is nothing to wait for any more. */
const MOST_IDLE_TURNS = 100;
/** Now and then a message is slow, and as many steps of others overtake it: chance alone hardly ever makes it as late. */
const SLOW_SHARE = 0.02;
const MOST_STEPS_LATE = 500;

interface Waiting {
  /** The step before which it does not go on, if anybody else can. */
  readonly due: number;
  readonly goOn: () => void;
}

/**
 * One task goes on at a time, by chance, until it waits at its next point: every order of the steps of several tasks
 * may come about, and the same seed gives the same order.
 */
export class SeededScheduler implements Scheduler {
  readonly #dice: Dice;
  #waiting: Waiting[] = [];
  #steps = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  point(): Promise<void> {
    const late = this.#dice.happens(SLOW_SHARE) ? this.#dice.roll(MOST_STEPS_LATE) : 0;
    return new Promise((goOn) => {
      this.#waiting.push({ due: this.#steps + late, goOn });
    });
  }

  /** Lets the tasks go on until `work` is done. @throws Error if they all wait for one another */
  async run<Answer>(work: Promise<Answer>): Promise<Answer> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    for (let idle = 0; idle < MOST_IDLE_TURNS; idle++) {
      // By the next turn whoever was let go has come to a point, or waits for a lock.
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return work;
      if (this.#waiting.length === 0) continue;
      idle = 0;
      this.#next().goOn();
    }
    throw new Error('every task waits for another');
  }

  #next(): Waiting {
    // Where all are late, time passes.
    this.#steps = Math.max(this.#steps + 1, Math.min(...this.#waiting.map(({ due }) => due)));
    const next = this.#dice.pick(this.#waiting.filter(({ due }) => due <= this.#steps));
    this.#waiting = this.#waiting.filter((one) => one !== next);
    return next;
  }
}
