import { setImmediate } from 'node:timers/promises';
import type { Question } from '@dither/mechanisms/advise';
import type { Sources } from '../seeded.js';
import type { Attempt } from './attempt.js';

/** What a command lends to a simulation. */
export interface Run {
  readonly sources: Sources;
  readonly stop: AbortSignal;
  /** Told of every repetition. */
  readonly onRepetition: () => void;
  readonly effort: Effort;
}

/** How much is simulated, by what an estimate costs. */
export interface Effort {
  readonly shares: Repetitions;
  readonly quantiles: Repetitions;
  readonly texts: Repetitions;
  /** Times that the plan of a registry is made again, with predictions corrected by simulation. */
  readonly corrections: number;
}

interface Repetitions {
  /** Of each step of a search. */
  readonly steps: readonly number[];
  readonly verify: number;
}

/** The repetitions that a question is worth. */
export function repetitionsFor(effort: Effort, question: Question): Repetitions {
  return effort[question === 'mean' ? 'shares' : question];
}

export interface Measured {
  readonly repetitions: number;
  readonly met: number;
}

/** Repetitions between two looks at what else there is to do. */
const TURN = 16;

/**
 * How often an attempt is as promised. Repetition i takes its coins from the source of that number: attempts of the same name
 * share theirs, so that their difference is not that of their coins. Stopped, it says what it has until then.
 */
export async function measure(
  attempt: Attempt,
  repetitions: number,
  name: string,
  { sources, stop, onRepetition }: Omit<Run, 'effort'>,
): Promise<Measured> {
  let met = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    if (repetition % TURN === 0) {
      await setImmediate();
      if (stop.aborted) return { repetitions: repetition, met };
    }
    met += Number(attempt.isMet(sources(`${name}/${repetition}`)));
    onRepetition();
  }
  return { repetitions, met };
}
