import { policy as registryPolicy } from '@dither/protocol';
import { policy } from '../policy.js';
import type { Candidate } from '../predict/candidates.js';
import { predictedAccuracy } from './accuracy.js';
import type { Task } from './task.js';
import type { World } from './world.js';

export type Unknown = 'epsilon' | 'clients' | 'accuracy';

/** A task, and what is known: all of a world but one number. */
export interface Problem {
  readonly task: Task;
  readonly unknown: Unknown;
  /** What stands for the unknown has no meaning. */
  readonly known: World;
  /** The largest epsilon that a report may have. */
  readonly ceiling: number;
}

export function worldAt({ unknown, known }: Problem, x: number): World {
  return { ...known, [unknown === 'clients' ? 'n' : unknown]: unknown === 'clients' ? Math.round(x) : x };
}

/** Where the unknown is looked for. */
export function limitsOf({ unknown, known, ceiling, task }: Problem): readonly [least: number, most: number] {
  switch (unknown) {
    case 'epsilon':
      return [policy.plan.leastEpsilon, ceiling];
    case 'clients':
      return [policy.plan.fewestClients, policy.plan.mostClients];
    case 'accuracy':
      return task.kind === 'see' ? [1 / known.n, 1 - 1 / known.n] : [Number.MIN_VALUE, Number.MAX_VALUE];
  }
}

/** As it is printed, never below what was found: epsilon with three decimals, the others with three digits. */
export function rounded({ unknown }: Pick<Problem, 'unknown'>, x: number): number {
  // A rounding error above a step is that step.
  const up = (steps: number): number => Math.ceil(steps * (1 - 1e-12));
  if (unknown === 'epsilon') return up(x * 1000) / 1000;
  const digits = Math.max(Math.floor(Math.log10(x)) - 2, unknown === 'clients' ? 0 : Number.NEGATIVE_INFINITY);
  return digits >= 0 ? up(x / 10 ** digits) * 10 ** digits : up(x * 10 ** -digits) / 10 ** -digits;
}

/** The next one that can be printed. */
export function nextAfter(problem: Pick<Problem, 'unknown'>, x: number): number {
  return rounded(problem, x * (1 + 1e-9) + Number.MIN_VALUE);
}

/** The smallest epsilon that a registry takes without a reason. */
export const UNEXPLAINED = registryPolicy.epsilonNeedingReason;

/** Ends of the bracket are this near, or the accuracy is. */
const NEAR = 0.003;

/** The unknown by prediction alone; undefined where it lies beyond its limits. */
export function predictedUnknown(problem: Problem, candidate: Candidate): number | undefined {
  const { task, unknown, known } = problem;
  if (unknown === 'accuracy') {
    const accuracy = predictedAccuracy(task, candidate, known.epsilon, known.n);
    return Number.isFinite(accuracy) ? accuracy : undefined;
  }
  /** Above zero where it is not good enough. */
  const excess = (x: number): number => {
    const { epsilon, n } = worldAt(problem, x);
    return Math.log(predictedAccuracy(task, candidate, epsilon, n) / known.accuracy);
  };
  const [least, most] = limitsOf(problem);
  let high = { x: most, excess: excess(most) };
  if (!(high.excess <= 0)) return undefined;
  let low = { x: least, excess: Number.POSITIVE_INFINITY };
  for (let step = 0; high.x / low.x > 1 + NEAR && high.excess < -NEAR; step++) {
    // Errors are nearly powers of both: straight lines in logarithms. Every other step halves, for those that are not.
    const isStraight = step % 2 === 1 && Number.isFinite(low.excess);
    const part = isStraight ? low.excess / (low.excess - high.excess) : 0.5;
    const x = low.x * (high.x / low.x) ** Math.min(0.95, Math.max(0.05, part));
    const found = { x, excess: excess(x) };
    if (found.excess <= 0) high = found;
    else low = found;
  }
  return high.x;
}
