import { setImmediate } from 'node:timers/promises';
import { policy } from '../../policy.js';
import type { Model, Outcome, Plan } from './model.js';

/** What is made small. */
type Loss = (outcome: Outcome, plan: Plan) => number;

/** Added where a registry would be refused. */
const UNSOUND = 1e9;

/** How far, in logarithms, a wish may be missed that counts as met: less than predictions are good for. */
const MET = 0.004;

/** By how much the wishes that are not met are missed; zero where all are met. */
function missed({ ratios, isSound }: Outcome): number {
  const start = isSound ? 0 : UNSOUND;
  return ratios.flat().reduce((sum, ratio) => sum + Math.max(0, Math.log(ratio)) ** 2, start);
}

/** The sum of the squared ratios of error to wish, by weight. */
function weightedLoss(model: Model): Loss {
  const weights = model.planned.map(({ aims }) => aims.map(({ weight }) => weight));
  return ({ ratios, isSound }) =>
    ratios.reduce(
      (sum, ofMetric, i) => ofMetric.reduce((inner, ratio, j) => inner + (weights[i]?.[j] as number) * ratio ** 2, sum),
      isSound ? 0 : UNSOUND,
    );
}

/** Small beside any miss: of plans that meet all wishes the one of the smallest epsilons. */
const THRIFT = 1e-3;

function thrifty(outcome: Outcome, { epsilons }: Plan): number {
  return missed(outcome) / THRIFT + epsilons.reduce((sum, epsilon) => sum + Math.log(epsilon), 0);
}

export function areAllMet({ ratios, isSound }: Outcome): boolean {
  return isSound && ratios.flat().every((ratio) => Math.log(ratio) <= MET);
}

/**
 * The plan that meets all wishes with the least that a person gives, if there is one within the budget; otherwise the one
 * within the budget whose squared ratios of error to wish, by weight, have the smallest sum.
 */
export async function bestPlan(model: Model, budget: number, stop: AbortSignal): Promise<Plan> {
  const richest = await least(model, starts(model, budget), missed, stop);
  if (!areAllMet(model.outcome(richest)))
    return least(model, [richest, ...starts(model, budget)], weightedLoss(model), stop);
  let [low, high] = [0, budget];
  let best = richest;
  for (let step = 0; step < policy.plan.budgetSteps && !stop.aborted; step++) {
    const perWindow = low === 0 ? high / 2 : Math.sqrt(low * high);
    const shrunk = scaled(model, best, perWindow / best.perWindow);
    const plan = await least(model, [shrunk, ...starts(model, perWindow)], missed, stop);
    if (areAllMet(model.outcome(plan))) [high, best] = [perWindow, plan];
    else low = perWindow;
  }
  const saving = await least(model, [best], thrifty, stop);
  return areAllMet(model.outcome(saving)) ? saving : best;
}

/** Every metric takes the same, and so many fit: from one to all of them. */
function starts(model: Model, perWindow: number): readonly Plan[] {
  const { windowDays } = model.registry.budget;
  const counts = [...policy.plan.drawnTogether, model.registry.wire.length];
  return counts.map((count) =>
    clipped(model, {
      perWindow,
      epsilons: model.planned.map(({ metric }) => ((perWindow / count) * metric.period) / windowDays),
    }),
  );
}

function scaled(model: Model, { epsilons, perWindow }: Plan, factor: number): Plan {
  return clipped(model, { epsilons: epsilons.map((epsilon) => epsilon * factor), perWindow: perWindow * factor });
}

/** Within what a report may have, in steps that can be declared; rounded down, so that as many fit as were meant to. */
function clipped(model: Model, { epsilons, perWindow }: Plan): Plan {
  const { windowDays } = model.registry.budget;
  return {
    perWindow,
    epsilons: epsilons.map((epsilon, i) => {
      const { ceiling, metric } = model.planned[i] as Model['planned'][number];
      const most = Math.min(ceiling, (perWindow * metric.period) / windowDays);
      const steps = Math.floor(Math.min(epsilon, most) * 1000 + 1e-6);
      return Math.max(1, steps) / 1000;
    }),
  };
}

/** Steps in the logarithm of an epsilon, the large ones first. */
const STEPS = [0.4, 0.15, 0.05, 0.015] as const;

/** From the best few starts downhill, one epsilon after the other, until no step of any size helps. */
async function least(model: Model, from: readonly Plan[], loss: Loss, stop: AbortSignal): Promise<Plan> {
  const value = (plan: Plan): number => loss(model.outcome(plan), plan);
  const ranked = from.map((plan) => ({ plan, value: value(plan) })).sort((a, b) => a.value - b.value);
  let best = ranked[0] as (typeof ranked)[number];
  for (const start of ranked.slice(0, policy.plan.descents)) {
    let here = start;
    for (const step of STEPS) {
      for (let round = 0; round < policy.plan.rounds; round++) {
        await setImmediate();
        if (stop.aborted) return best.plan;
        const before = here.value;
        for (let i = 0; i < here.plan.epsilons.length; i++) {
          for (const change of [step, -step]) {
            const plan = moved(model, here.plan, i, change);
            const tried = { plan, value: value(plan) };
            if (tried.value < here.value) here = tried;
          }
        }
        if (!(here.value < before - 1e-4 * Math.abs(before))) break;
      }
    }
    if (here.value < best.value) best = here;
    if (best.value === 0) break;
  }
  return best.plan;
}

function moved(model: Model, plan: Plan, place: number, change: number): Plan {
  const epsilons = plan.epsilons.map((epsilon, i) => (i === place ? epsilon * Math.exp(change) : epsilon));
  return clipped(model, { ...plan, epsilons });
}
