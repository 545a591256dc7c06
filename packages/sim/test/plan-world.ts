import type { Kind } from '@dither/protocol';
import { coverageTest } from '../src/coverage.js';
import { attemptAt } from '../src/plan/attempt.js';
import { measure, type Run } from '../src/plan/measure.js';
import { parseWish } from '../src/plan/parse-wish.js';
import { planWish, type WishPlan } from '../src/plan/plan-wish.js';
import type { Problem } from '../src/plan/problem.js';
import { type Task, taskOf } from '../src/plan/task.js';
import { policy } from '../src/policy.js';
import { shapedPopulation } from '../src/population/declared.js';
import { sharesOf } from '../src/population.js';
import { BARE_ID, bareRegistry } from '../src/predict/bare.js';
import { type Candidate, candidatesFor } from '../src/predict/candidates.js';
import type { Subject } from '../src/predict/subject.js';
import { seededSources } from '../src/seeded.js';

/** A wish about a metric that is nowhere declared, over values of which each is as common as its rank says. */
export interface Case {
  readonly wish: string;
  readonly kind: Kind;
  /** Values, buckets, or the clamp. */
  readonly size?: number;
  readonly share?: number;
  readonly zipf?: number;
}

export function subjectFor({ kind, size = 16, zipf = 0 }: Case): Subject {
  const registry = bareRegistry({ kind, values: size, clamp: size, buckets: size, range: [100, 10_000], period: 28 });
  const population = shapedPopulation('test', { zipf }, registry);
  const metric = registry.wire[0];
  if (metric === undefined) throw new Error('a bare registry has one metric');
  const texts = population.texts.get(BARE_ID);
  return {
    metric,
    shares: sharesOf(population, 0),
    ...(texts === undefined ? {} : { texts }),
    population: 'test',
    budget: registry.budget,
  };
}

export function taskFor(one: Case): Task {
  const refuse = (offset: number, expected: string): never => {
    throw new Error(`${offset}: ${expected}`);
  };
  return taskOf(parseWish(one.wish, refuse), subjectFor(one), { share: one.share }, refuse);
}

export function problemFor(task: Task, known: { readonly epsilon?: number; readonly n?: number }): Problem {
  const { epsilon, n } = known;
  return {
    task,
    unknown: epsilon === undefined ? 'epsilon' : n === undefined ? 'clients' : 'accuracy',
    known: { epsilon: epsilon ?? 1, n: n ?? 100, accuracy: task.wanted ?? 0 },
    ceiling: 8,
  };
}

export function runWith(seed: string, effort: Run['effort'] = policy.plan.effort.full): Run {
  return { sources: seededSources(seed), stop: new AbortController().signal, onRepetition: () => undefined, effort };
}

export function candidatesOf(task: Task, ...mechanisms: readonly string[]): readonly Candidate[] {
  return candidatesFor(task.subject.metric, task.question, mechanisms.length === 0 ? {} : { mechanisms });
}

export function planFor(
  one: Case,
  known: { readonly epsilon?: number; readonly n?: number },
  run: Run,
  ...mechanisms: readonly string[]
): Promise<WishPlan> {
  const task = taskFor(one);
  return planWish(problemFor(task, known), candidatesOf(task, ...mechanisms), run);
}

/** The binomial test of a promise at an epsilon, on coins of its own. */
export async function promiseAt(
  task: Task,
  candidate: Candidate,
  { epsilon, n }: { readonly epsilon: number; readonly n: number },
  repetitions: number,
  seed: string,
) {
  const attempt = attemptAt(task, candidate, { epsilon, n, accuracy: task.wanted as number });
  if (attempt === undefined) throw new Error(`${candidate.label} cannot be simulated`);
  const { met } = await measure(attempt, repetitions, 'proof', runWith(seed));
  return coverageTest(met, repetitions, { promised: task.chance, alpha: policy.plan.alpha });
}
