import { quantilePlace } from '../buckets.js';
import { attemptAt } from './attempt.js';
import { type Measured, measure, type Run } from './measure.js';
import type { Solution } from './solve.js';
import type { Task } from './task.js';

/** Enough to tell what is nearly always kept from what is seldom kept. */
const REPETITIONS = 40;

/** Part of those with a number who lie on the spike that holds the quantile. */
const MIDDLE = 1 / 3;

/**
 * How often a promise is kept where numbers lie in three spikes in place of the curve that was assumed. Estimates that smooth
 * (Li, Wang, Lopuhaa-Zwakenberg, Skoric, Li 2020) are right of curves alone. Undefined where nothing was assumed.
 */
export async function onSpikes(
  task: Task,
  { candidate, world }: Pick<Solution, 'candidate' | 'world'>,
  run: Omit<Run, 'effort'>,
): Promise<Measured | undefined> {
  if (task.subject.isAssumed !== true || task.asked.of !== 'quantile') return undefined;
  const shares = spikes(task.subject.shares, task.asked.quantile);
  const attempt = attemptAt({ ...task, subject: { ...task.subject, shares } }, candidate, world);
  return attempt && measure(attempt, REPETITIONS, 'spikes', run);
}

/** Whether it is kept less than half of the time. */
export function isFarOff({ met, repetitions }: Measured): boolean {
  return met < repetitions / 2;
}

/** Three spikes, the one in the middle where the quantile was; as many as before are without a number. */
function spikes(shares: Float64Array, quantile: number): Float64Array {
  const numbers = shares.subarray(0, shares.length - 1);
  const none = shares.at(-1) ?? 0;
  const middle = Math.min(numbers.length - 1, Math.floor(quantilePlace(numbers, quantile)));
  const spiky = new Float64Array(shares.length);
  const raise = (value: number, share: number): void => {
    spiky[value] = (spiky[value] as number) + share * (1 - none);
  };
  raise(Math.floor(middle / 2), quantile * (1 - MIDDLE));
  raise(middle, MIDDLE);
  raise(Math.ceil((middle + numbers.length - 1) / 2), (1 - quantile) * (1 - MIDDLE));
  spiky[shares.length - 1] = none;
  return spiky;
}
