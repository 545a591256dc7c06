import { type Metric, type Registry, policy as registryPolicy } from '@dither/protocol';
import { SimError } from '../../errors.js';
import { policy } from '../../policy.js';
import type { Population } from '../../population.js';
import { type Candidate, candidatesFor } from '../../predict/candidates.js';
import { subjectOf } from '../../predict/open-subject.js';
import { predictedAccuracy } from '../accuracy.js';
import type { Run } from '../measure.js';
import { ceilingOf } from '../person.js';
import { type Problem, UNEXPLAINED, worldAt } from '../problem.js';
import { type Solution, solve, verify } from '../solve.js';
import { isFarOff, onSpikes } from '../spikes.js';
import { type Task, taskOf } from '../task.js';
import { type Aim, Model, type Outcome, type Plan, type Planned } from './model.js';
import { areAllMet, bestPlan } from './optimise.js';
import { accuracyTable } from './table.js';
import type { FiledWish } from './wishes-file.js';

/** A plan of a registry, with what was found of each wish. */
export interface RegistryPlan {
  readonly model: Model;
  readonly plan: Plan;
  readonly outcome: Outcome;
  /** Of each planned metric and each of its aims; undefined where nobody reports it, or where it was stopped. */
  readonly found: readonly (readonly (Solution | undefined)[])[];
  /** Whether the simulation says that every wish is met, and whether prediction does. */
  readonly isMet: boolean;
  readonly isExpected: boolean;
}

/** @throws SimError `wish-unfit`, `wishes-invalid` */
export async function planRegistry(
  registry: Registry,
  population: Population,
  wishes: readonly FiledWish[],
  clients: number,
  run: Run,
): Promise<RegistryPlan> {
  const planned = await plannedOf(registry, population, wishes, clients, run);
  const model = new Model(registry, planned, clients, run.sources('orders'));
  const budget = registry.budget.perWindow;
  for (let round = 1; ; round++) {
    const plan = await bestPlan(model, budget, run.stop);
    const outcome = outcomeOf(model, plan);
    const found = await simulated(model, plan, outcome, run);
    const isMet = found.every((ofMetric, i) =>
      ofMetric.every((solution, j) => {
        const wanted = planned[i]?.aims[j]?.wanted ?? 0;
        return solution?.verification?.isPassed === true && solution.found <= wanted;
      }),
    );
    // What the search took for met and the simulation does not is looked for again, with predictions corrected.
    const believed = model.outcome(plan);
    const isExpected = areAllMet(believed);
    const isSettled = isMet || !isExpected || round === run.effort.corrections || run.stop.aborted;
    if (isSettled) return { model, plan, outcome, found, isMet, isExpected };
    correct(model, believed, found);
  }
}

async function plannedOf(
  registry: Registry,
  population: Population,
  wishes: readonly FiledWish[],
  clients: number,
  run: Run,
): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  for (const id of new Set(wishes.map(({ metric }) => metric))) {
    const subject = subjectOf(registry, id, population);
    const own = wishes.filter(({ metric }) => metric === id);
    const tasks = own.map(({ wish, share, refuse }) => {
      const task = taskOf(wish, subject, { share }, refuse);
      return task.wanted === undefined ? refuse(0, 'of a whole registry every wish says how near') : task;
    });
    const question = tasks[0]?.question;
    const stranger = tasks.findIndex((task) => task.question !== question);
    if (stranger > 0) own[stranger]?.refuse(0, 'one mechanism cannot answer this and the other wishes for this metric');
    const ceiling = mostEpsilon(registry, subject.metric);
    const candidate = await bestCandidate(tasks, subject.metric, { ceiling, clients }, run);
    const aims = tasks.map(
      (task, i): Aim => ({
        task,
        wanted: task.wanted as number,
        weight: own[i]?.weight ?? 1,
        accuracyAt: accuracyTable(task, candidate, ceiling, clients),
        correction: 1,
      }),
    );
    planned.push({ metric: subject.metric, candidate, aims, ceiling });
  }
  return planned;
}

/** Above 4 only where the registry says why. */
function mostEpsilon(registry: Registry, metric: Metric): number {
  const { epsilon } = ceilingOf(metric.period, registry.budget);
  return Math.min(epsilon, metric.reason === undefined ? UNEXPLAINED : registryPolicy.maxEpsilon);
}

/**
 * The mechanism that errs least where the metric is likely to end up; of those that are as good the shortest reports. Not one that
 * is right of curves alone where the curve was assumed, if there is another.
 */
async function bestCandidate(
  tasks: readonly Task[],
  metric: Metric,
  { ceiling, clients }: { readonly ceiling: number; readonly clients: number },
  run: Run,
): Promise<Candidate> {
  const epsilon = Math.min(ceiling, policy.plan.likelyEpsilon);
  const n = Math.max(2, Math.round(clients / 2));
  const question = tasks[0]?.question ?? 'shares';
  const rated = candidatesFor(metric, question).flatMap((candidate) => {
    const params = candidate.params(epsilon);
    if (params === undefined) return [];
    const accuracies = tasks.map((task) => predictedAccuracy(task, candidate, epsilon, n));
    const error = Math.hypot(...accuracies.map((accuracy, i) => accuracy / (tasks[i]?.wanted as number)));
    return [{ candidate, accuracies, error, bytes: params.reportBytes }];
  });
  const least = Math.min(...rated.map(({ error }) => error));
  const isBest = ({ error }: (typeof rated)[number]): boolean => error <= least * (1 + policy.plan.same);
  const order = rated.sort(
    (a, b) => Number(isBest(b)) - Number(isBest(a)) || (isBest(a) ? a.bytes - b.bytes : a.error - b.error),
  );
  for (const { candidate, accuracies } of order) {
    let isFragile = false;
    for (const [i, task] of tasks.entries()) {
      const world = { epsilon, n, accuracy: accuracies[i] as number };
      const spiky = await onSpikes(task, { candidate, world }, run);
      isFragile ||= spiky !== undefined && isFarOff(spiky);
    }
    if (!isFragile) return candidate;
  }
  if (order[0] !== undefined) return order[0].candidate;
  throw new SimError('wish-unfit', `${metric.id}: no mechanism sees anything at epsilon ${epsilon}`);
}

/** Exact shares where they can be had. */
function outcomeOf(model: Model, plan: Plan): Outcome {
  try {
    return model.exactOutcome(plan);
  } catch (error) {
    if (error instanceof SimError && error.code === 'inclusion-unknown') return model.outcome(plan);
    throw error;
  }
}

/** The accuracy that each wish comes to, verified. */
async function simulated(
  { planned, clients }: Model,
  { epsilons }: Plan,
  { inclusion, ratios }: Outcome,
  run: Run,
): Promise<RegistryPlan['found']> {
  const found: (Solution | undefined)[][] = [];
  for (const [i, { candidate, aims, ceiling }] of planned.entries()) {
    const ofMetric: (Solution | undefined)[] = [];
    for (const [j, { task, wanted }] of aims.entries()) {
      const n = Math.round(clients * (inclusion[i] as number));
      const known = { epsilon: epsilons[i] as number, n, accuracy: wanted };
      const problem: Problem = { task, unknown: 'accuracy', known, ceiling };
      const predicted = wanted * (ratios[i]?.[j] as number);
      const isHopeless = n < policy.plan.fewestClients || run.stop.aborted;
      ofMetric.push(isHopeless ? undefined : await foundFor(problem, candidate, predicted, run));
    }
    found.push(ofMetric);
  }
  return found;
}

/**
 * The accuracy that a wish comes to. Where it is the wished one but for 1%, which is less than a search can tell, the promise
 * is looked at as it was wished.
 */
async function foundFor(
  problem: Problem,
  candidate: Candidate,
  predicted: number,
  run: Run,
): Promise<Solution | undefined> {
  const solution = await solve(problem, candidate, predicted, run);
  const wanted = problem.known.accuracy;
  if (solution === undefined || solution.found <= wanted || solution.found > wanted * (1 + policy.plan.same))
    return solution;
  const verification = await verify(problem, candidate, wanted, run);
  if (verification?.isPassed !== true) return solution;
  return { ...solution, found: wanted, world: worldAt(problem, wanted), verification };
}

/** A correction asks for this much more than what was found: the next one has noise of its own. */
const SPARE = 1.015;

/** What was predicted too well is predicted less well from now on, and the other way round. */
function correct({ planned }: Model, { ratios }: Outcome, found: RegistryPlan['found']): void {
  planned.forEach(({ aims }, i) => {
    aims.forEach((aim, j) => {
      const solution = found[i]?.[j];
      if (solution === undefined) return;
      aim.correction *= (SPARE * solution.found) / (aim.wanted * (ratios[i]?.[j] as number));
    });
  });
}
