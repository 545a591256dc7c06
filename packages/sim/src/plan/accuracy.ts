import { normalQuantile } from '@dither/mechanisms';
import { policy } from '../policy.js';
import type { Candidate } from '../predict/candidates.js';
import { predictedError } from '../predict/error.js';
import { hardestTask } from './hardest.js';
import { sharesAt, type Task } from './task.js';

/** Where an estimate is told from zero: the ends of its interval are so many standard errors away. */
const TOLD = normalQuantile(0.5 + policy.confidence / 2);

/** Any false text is in the list of those detected with at most this probability. */
const FALSE_TEXTS = 0.05;

/**
 * The accuracy that is predicted: the smallest one that the promise of a task can be kept with. Estimates are taken as normal,
 * and those of quantiles as unbiased; infinite where nothing is seen, or where the mechanism is not for this epsilon.
 *
 * To be seen 19 times of 20, a share must be above the threshold of the test by 1.645 standard errors (Currie 1968).
 *
 * @param n - reports
 */
export function predictedAccuracy(wished: Task, { mechanism, params }: Candidate, epsilon: number, n: number): number {
  const made = params(epsilon);
  if (made === undefined) return Number.POSITIVE_INFINITY;
  const task = hardestTask(wished, mechanism, made, n);
  const errorAt = (shares: Float64Array): number =>
    predictedError(mechanism, made, task.asked, { metric: task.subject.metric, shares, n });
  if (task.kind === 'within') return normalQuantile(0.5 + task.chance / 2) * errorAt(task.subject.shares);
  return smallestSeen(task, (share) => errorAt(sharesAt(task, share)));
}

function smallestSeen(task: Task, errorAt: (share: number) => number): number {
  // With the population held fixed a variance is linear in it.
  const [none, all] = [errorAt(0) ** 2, errorAt(1) ** 2];
  const threshold = seenFrom(task) * Math.sqrt(none);
  const pass = normalQuantile(task.chance);
  let share = threshold;
  for (let i = 0; i < 60; i++) {
    if (!(share < 1)) return Number.POSITIVE_INFINITY;
    share = threshold + pass * Math.sqrt(none + (all - none) * share);
  }
  return share;
}

/** From how many standard errors on a share is told from zero; of a text above what chance makes of all the others. */
function seenFrom({ question, subject: { texts = [] } }: Task): number {
  return question === 'texts' ? normalQuantile(1 - FALSE_TEXTS / Math.max(1, texts.length - 1)) : TOLD;
}

/** By how many normal deviates the chance grows when the accuracy that is predicted falls by a factor of e, at the promise. */
export function steepness(task: Task): number {
  const { kind, chance } = task;
  const pass = normalQuantile(chance);
  if (kind === 'see') return seenFrom(task) + pass;
  const z = normalQuantile(0.5 + chance / 2);
  return 2 * z * Math.exp((pass * pass - z * z) / 2);
}
