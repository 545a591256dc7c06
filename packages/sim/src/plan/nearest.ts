import type { Candidate } from '../predict/candidates.js';
import type { Run } from './measure.js';
import { planWish, type WishPlan } from './plan-wish.js';
import { type Problem, UNEXPLAINED } from './problem.js';
import type { Solution } from './solve.js';

export interface Nearest {
  readonly problem: Problem;
  readonly solution: Solution;
}

/**
 * What is possible where a wish is not, or where it takes more epsilon than is given without a reason: the accuracy that the
 * installations there are give, and the installations that the wish takes, at the largest epsilon given without one.
 */
export async function nearestTo(
  problem: Problem,
  { solution }: WishPlan,
  candidates: readonly Candidate[],
  run: Run,
): Promise<readonly Nearest[]> {
  const { unknown, known, ceiling } = problem;
  if (unknown !== 'epsilon' || (solution !== undefined && solution.found <= UNEXPLAINED)) return [];
  const at: Problem = { ...problem, known: { ...known, epsilon: Math.min(ceiling, UNEXPLAINED) } };
  const problems: readonly Problem[] = [
    { ...at, unknown: 'accuracy' },
    { ...at, unknown: 'clients' },
  ];
  const found: Nearest[] = [];
  for (const one of problems) {
    const plan = await planWish(one, candidates, run);
    if (plan.solution !== undefined) found.push({ problem: one, solution: plan.solution });
  }
  return found;
}
