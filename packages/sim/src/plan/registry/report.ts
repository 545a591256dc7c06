import type { TextShape } from '@dither/mechanisms';
import { chargePerWindow, type Registry } from '@dither/protocol';
import { silentAfter } from '@dither/protocol/node';
import type { CoverageTest } from '../../coverage.js';
import type { Population } from '../../population.js';
import { type Person, personOf } from '../person.js';
import { UNEXPLAINED } from '../problem.js';
import type { Solution } from '../solve.js';
import { accuracyText } from '../words.js';
import type { Outcome, Planned } from './model.js';
import type { RegistryPlan } from './plan-registry.js';

export interface ReportedWish {
  readonly wish: string;
  readonly weight: number;
  /** Shares as such, all else in the metric's unit; with how people write it. */
  readonly wanted: number;
  readonly wantedText: string;
  /** By prediction alone, corrected where simulation said otherwise. */
  readonly predicted: number;
  /** What the promise of the wish is kept with; null where nobody reports the metric, or where it was stopped. */
  readonly simulated: number | null;
  readonly simulatedText: string | null;
  /** Null where it was stopped before that was known. */
  readonly isMet: boolean | null;
  readonly verification: (CoverageTest & { readonly law: Solution['law'] }) | null;
}

export interface ReportedMetricPlan {
  readonly id: string;
  readonly kind: string;
  readonly mechanism: string;
  readonly options: Partial<TextShape>;
  readonly period: number;
  /** Of one report. */
  readonly epsilon: number;
  readonly needsReason: boolean;
  /** What it charges in a budget window in which it is drawn. */
  readonly charge: number;
  /** Share of installations that draw it, and how many report it. */
  readonly inclusion: number;
  readonly clients: number;
  readonly reportBytes: number;
  readonly wishes: readonly ReportedWish[];
}

/** What `dither-sim plan --wishes --json` prints. */
export interface RegistryPlanReport {
  readonly command: 'plan';
  readonly seed: string;
  readonly arguments: readonly string[];
  readonly isPartial: boolean;
  readonly registry: { readonly app: string; readonly fingerprint: string };
  readonly population: string;
  readonly clients: number;
  /** Whether every wish is met by simulation, null where it was stopped before that was known; and whether by prediction. */
  readonly isMet: boolean | null;
  readonly isExpected: boolean;
  /** Epsilon that a person may give per budget window, as declared now. */
  readonly budget: number;
  /** Under the plan. */
  readonly person: Person;
  readonly participation: 'all' | 'sampled';
  readonly metrics: readonly ReportedMetricPlan[];
  /** Metrics without a wish, which stay as they are. */
  readonly others: readonly string[];
  /** What to write into the registry. */
  readonly lines: readonly string[];
}

export interface RegistryReportOptions {
  readonly found: RegistryPlan;
  readonly population: Population;
  readonly seed: string;
  readonly arguments: readonly string[];
  readonly isPartial: boolean;
}

export function registryReport({
  found,
  population,
  seed,
  isPartial,
  ...rest
}: RegistryReportOptions): RegistryPlanReport {
  const { model, plan, outcome, isMet } = found;
  const { registry, planned, clients } = model;
  const { windowDays } = registry.budget;
  const metrics = planned.map((one, i) => reportMetric(found, one, i, isPartial));
  const demand = model.metricsUnder(plan).reduce((sum, metric) => sum + chargePerWindow(metric, windowDays), 0) / 1e6;
  const participation = demand <= outcome.bound + 1e-9 ? 'all' : 'sampled';
  return {
    command: 'plan',
    seed,
    arguments: rest.arguments,
    isPartial,
    registry: { app: registry.app, fingerprint: registry.fingerprint },
    population: population.name,
    clients,
    isMet: isMet || !isPartial ? isMet : null,
    isExpected: found.isExpected,
    budget: registry.budget.perWindow,
    person: personUnder(registry, outcome),
    participation,
    metrics,
    others: registry.wire.map(({ id }) => id).filter((id) => metrics.every((metric) => metric.id !== id)),
    lines: [
      `participation: '${participation}',`,
      `budget: { perWindow: ${outcome.bound}, windowDays: ${windowDays}, lifetime: ${registry.budget.lifetime} },`,
      ...metrics.map(declaration),
    ],
  };
}

/**
 * What the plan costs a person, as `dither-registry check` counts it of the registry that is declared so: what latched metrics charge
 * at the first report of an epoch is not charged again in each of its windows.
 */
function personUnder({ budget }: Registry, { bound: perWindow, classes }: Outcome): Person {
  const { windowDays, lifetime } = budget;
  const bound = { perWindow, windowDays, lifetime };
  return { perReport: perWindow, perWindow, windowDays, ...silentAfter({ bound, budget, classes }) };
}

function reportMetric(
  { model, plan, outcome, found }: RegistryPlan,
  { metric, candidate, aims }: Planned,
  i: number,
  isPartial: boolean,
): ReportedMetricPlan {
  const epsilon = plan.epsilons[i] as number;
  const inclusion = outcome.inclusion[i] as number;
  return {
    id: metric.id,
    kind: metric.kind,
    mechanism: candidate.mechanism.id,
    options: candidate.options,
    period: metric.period,
    epsilon,
    needsReason: epsilon > UNEXPLAINED,
    charge: personOf(epsilon, metric.period, model.registry.budget).perWindow,
    inclusion,
    clients: Math.round(model.clients * inclusion),
    reportBytes: candidate.params(epsilon)?.reportBytes ?? 0,
    wishes: aims.map(({ task, wanted, weight }, j): ReportedWish => {
      const solution = found[i]?.[j];
      const verification =
        solution?.verification === undefined ? null : { ...solution.verification, law: solution.law };
      const isKept = verification?.isPassed === true && (solution?.found ?? Number.NaN) <= wanted;
      return {
        wish: task.wish.text,
        weight,
        wanted,
        wantedText: accuracyText(task, wanted),
        predicted: wanted * (outcome.ratios[i]?.[j] as number),
        simulated: solution?.found ?? null,
        simulatedText: solution === undefined ? null : accuracyText(task, solution.found),
        isMet: isPartial && verification === null ? null : isKept,
        verification,
      };
    }),
  };
}

/** As a module declares it, what does not change left out. */
function declaration({ id, kind, mechanism, options, epsilon, needsReason }: ReportedMetricPlan): string {
  const { bits, hashes } = options;
  const filter = bits === undefined ? '' : `bits: ${bits}, hashes: ${hashes}, `;
  const name = mechanism.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const key = /^[a-z]+$/.test(id) ? id : `'${id}'`;
  return `${key}: ${kind}({ ..., epsilon: ${epsilon},${needsReason ? " reason: '...'," : ''} ${filter}mechanism: ${name}.client }),`;
}
