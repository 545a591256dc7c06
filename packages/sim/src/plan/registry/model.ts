import type { WordSource } from '@dither/mechanisms';
import { uniformInt } from '@dither/mechanisms';
import {
  chargePerWindow,
  type Metric,
  type ParticipationClass,
  participationClasses,
  type Registry,
} from '@dither/protocol';
import { inclusionShares } from '../../inclusion.js';
import { policy } from '../../policy.js';
import type { Candidate } from '../../predict/candidates.js';
import type { Task } from '../task.js';
import type { AccuracyAt } from './table.js';

/** A wish as the planner sees it. */
export interface Aim {
  readonly task: Task;
  readonly wanted: number;
  readonly weight: number;
  readonly accuracyAt: AccuracyAt;
  /** What the simulated accuracy is, of the predicted one. */
  correction: number;
}

/** A metric whose epsilon is planned, with the wishes for it. */
export interface Planned {
  readonly metric: Metric;
  readonly candidate: Candidate;
  readonly aims: readonly Aim[];
  /** The largest epsilon that a report may have. */
  readonly ceiling: number;
}

/** Epsilons of the planned metrics, in their order, and what a person may spend per budget window. */
export interface Plan {
  readonly epsilons: readonly number[];
  readonly perWindow: number;
}

/** What becomes of a plan. */
export interface Outcome {
  /** Whether a registry may be declared so: something is left for every metric. */
  readonly isSound: boolean;
  /** What each class of metrics may spend. */
  readonly classes: readonly ParticipationClass<Metric>[];
  /** What a person spends per budget window at most, over all metrics. */
  readonly bound: number;
  /** Of each planned metric the chance that an installation draws it. */
  readonly inclusion: readonly number[];
  /** Of each planned metric and each of its aims: predicted accuracy over the wished one. */
  readonly ratios: readonly (readonly number[])[];
}

const MICRO = 1_000_000;

/** A registry under a plan: the metrics that are planned with its epsilons, the others as they are declared. */
export class Model {
  readonly registry: Registry;
  readonly planned: readonly Planned[];
  readonly clients: number;
  readonly #orders: readonly Uint16Array[];

  /** @param source - of the orders in which installations draw: the same ones for every plan, so that plans compare */
  constructor(registry: Registry, planned: readonly Planned[], clients: number, source: WordSource) {
    this.registry = registry;
    this.planned = planned;
    this.clients = clients;
    const { length } = registry.wire;
    // Each order from each of its places on, so that every metric is as often the first: what is drawn alone is then exact.
    this.#orders = Array.from({ length: Math.ceil(policy.plan.draws / length) }, () =>
      shuffled(length, source),
    ).flatMap((order) =>
      Array.from(order, (_, from) => Uint16Array.of(...order.subarray(from), ...order.subarray(0, from))),
    );
  }

  /** The metrics of the registry with the epsilons of a plan. */
  metricsUnder({ epsilons }: Plan): readonly Metric[] {
    return this.registry.wire.map((metric) => {
      const place = this.planned.findIndex((one) => one.metric === metric);
      if (place < 0) return metric;
      const microEpsilon = Math.round((epsilons[place] as number) * MICRO);
      return { ...metric, microEpsilon, microEpoch: [microEpsilon] };
    });
  }

  /** Inclusion by the orders that are drawn, right to about a percent, where exact figures would take longer. */
  outcome(plan: Plan): Outcome {
    if (this.registry.wire.length <= policy.plan.exactMetrics) return this.exactOutcome(plan);
    return this.#outcomeOf(plan, (wire, classes) => this.#drawn(wire, classes));
  }

  /** Inclusion exactly. @throws SimError `inclusion-unknown`, where there are too many cases */
  exactOutcome(plan: Plan): Outcome {
    return this.#outcomeOf(plan, (wire, classes) => {
      const registry: Registry = { ...this.registry, participation: 'sampled', wire, classes };
      return inclusionShares(registry);
    });
  }

  #outcomeOf(
    plan: Plan,
    inclusionOf: (wire: readonly Metric[], classes: readonly ParticipationClass<Metric>[]) => ArrayLike<number>,
  ): Outcome {
    const wire = this.metricsUnder(plan);
    const cap = Math.floor(plan.perWindow * MICRO + 0.001);
    const classes = participationClasses(wire, cap, this.registry.budget.windowDays);
    const shares = inclusionOf(wire, classes);
    const inclusion = this.planned.map(({ metric }) => shares[this.registry.wire.indexOf(metric)] as number);
    return {
      isSound: classes.every(({ cap: granted }) => granted > 0) && wire.every((metric) => this.#charge(metric) <= cap),
      classes,
      bound: classes.reduce((sum, { cap: granted }) => sum + granted, 0) / MICRO,
      inclusion,
      ratios: this.planned.map(({ aims }, i) =>
        aims.map(({ accuracyAt, correction, wanted }) => {
          const n = this.clients * (inclusion[i] as number);
          return (correction * accuracyAt(plan.epsilons[i] as number, n)) / wanted;
        }),
      ),
    };
  }

  #charge(metric: Metric): number {
    return chargePerWindow(metric, this.registry.budget.windowDays);
  }

  #drawn(wire: readonly Metric[], classes: readonly ParticipationClass<Metric>[]): Float64Array {
    const shares = new Float64Array(wire.length);
    for (const { cap, metrics } of classes) {
      const charges = new Float64Array(wire.length).fill(Number.POSITIVE_INFINITY);
      let sum = 0;
      for (const metric of metrics) {
        const charge = this.#charge(metric);
        charges[wire.indexOf(metric)] = charge;
        sum += charge;
      }
      if (sum <= cap) {
        for (const metric of metrics) shares[wire.indexOf(metric)] = 1;
        continue;
      }
      for (const order of this.#orders) {
        let left = cap;
        for (const place of order) {
          const charge = charges[place] as number;
          if (charge > left) continue;
          left -= charge;
          shares[place] = (shares[place] as number) + 1 / this.#orders.length;
        }
      }
    }
    return shares;
  }
}

function shuffled(length: number, source: WordSource): Uint16Array {
  const order = Uint16Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = uniformInt(source, i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
