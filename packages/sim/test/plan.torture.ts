import { expect, it } from 'vitest';
import { planWish } from '../src/plan/plan-wish.js';
import { type Case, candidatesOf, problemFor, promiseAt, runWith, taskFor } from './plan-world.js';

/** As in `plan.stat.test.ts`, with the mechanisms that take milliseconds for each estimate. */
const REPETITIONS = 2000;

const cases: readonly (Case & { readonly n: number; readonly mechanism: string })[] = [
  { wish: 'p75 within 5%', kind: 'timing', size: 64, n: 100_000, mechanism: 'tree' },
  { wish: 'median within 200 ms, 9 times of 10', kind: 'timing', size: 128, zipf: 0.3, n: 300_000, mechanism: 'tree' },
  { wish: 'p95 within 10%', kind: 'timing', size: 64, n: 400_000, mechanism: 'tree' },
  { wish: 'p75 within 5%', kind: 'timing', size: 64, zipf: 0.7, n: 100_000, mechanism: 'square-wave' },
];

it.each(cases)('the epsilon of "$wish" by $mechanism keeps it, and a fifth less does not', async (one) => {
  const task = taskFor(one);
  const problem = problemFor(task, { n: one.n });
  const { solution } = await planWish(problem, candidatesOf(task, one.mechanism), runWith('plan'));
  if (solution === undefined) throw new Error('possible');
  const { candidate, world } = solution;
  expect((await promiseAt(task, candidate, world, REPETITIONS, 'kept')).isPassed).toBe(true);
  const less = { ...world, epsilon: 0.8 * world.epsilon };
  expect((await promiseAt(task, candidate, less, REPETITIONS, 'less')).isPassed).toBe(false);
});
