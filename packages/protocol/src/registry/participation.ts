import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { Metric } from './metric.js';

/** What drawing and counting need to know of a metric. */
export type Charged = Pick<Metric, 'id' | 'period' | 'microEpoch'>;

/**
 * Metrics of one period, or one latched metric alone, and what a device may spend on them together in one budget
 * window.
 */
export interface ParticipationClass<M extends Charged = Charged> {
  readonly period: number;
  /** Millionths of epsilon per budget window. */
  readonly cap: number;
  readonly metrics: readonly M[];
}

/**
 * The most that a metric charges in a budget window: the larger of two bounds, each of which a person may mean.
 *
 * What is read within a window tells at most this much, for ever: an epoch's value is read at its first report, and costs
 * what all reports of the epoch cost together. What is sent within a window tells at most that much: a rolling window
 * may hold parts of two epochs, which cost more than as many reports of one.
 */
export function chargePerWindow({ period, microEpoch }: Charged, windowDays: number): number {
  const reports = windowDays / period;
  const read = (microEpoch.at(-1) as number) * Math.ceil(reports / microEpoch.length);
  const offsets = microEpoch.map((_, before) => before + 1);
  return Math.max(read, ...offsets.map((first) => chargeFrom(first, reports, microEpoch)));
}

/** What `reports` successive reports cost, of which the first `first` belong to one epoch. */
function chargeFrom(first: number, reports: number, microEpoch: readonly number[]): number {
  let sum = 0;
  for (let left = reports, part = first; left > 0; left -= part, part = microEpoch.length) {
    sum += microEpoch[Math.min(part, left) - 1] as number;
  }
  return sum;
}

/**
 * Splits the budget of a window over the periods in use.
 *
 * The budget rolls, and each window's draw is independent of the one before. A window that drew a four-weekly
 * metric spends all of it on its last day; if the next one drew daily metrics instead, a rolling window over both
 * would hold both sums. With a fixed share per period this cannot happen: any rolling window holds the same number
 * of period ends of each length, each within its share (docs/adr/0006).
 *
 * A latched metric is a class of its own: what a report costs depends on those before it in its epoch, so that a window
 * over half of its reports and half of another's could hold more than either. It has its share or is refused, and is
 * never drawn for a part of an epoch.
 *
 * Shares grow in steps of the largest charge of their class, always where the smallest part of what is asked for
 * has been granted, until no step fits.
 *
 * @param budget - millionths of epsilon per window
 */
export function participationClasses<M extends Charged>(
  metrics: readonly M[],
  budget: number,
  windowDays: number,
): readonly ParticipationClass<M>[] {
  const isLatched = (m: Charged) => m.microEpoch.length > 1;
  const fresh = metrics.filter((m) => !isLatched(m));
  const classes = [...new Set(fresh.map((m) => m.period))]
    .sort((a, b) => a - b)
    .map((period) => fresh.filter((m) => m.period === period))
    .concat(metrics.filter(isLatched).map((m) => [m]))
    .map((members) => {
      const { period } = members[0] as M;
      const charges = members.map((m) => chargePerWindow(m, windowDays));
      return {
        period,
        metrics: members,
        demand: charges.reduce((sum, charge) => sum + charge, 0),
        step: Math.max(...charges),
        cap: 0,
      };
    });
  for (let left = budget; ; ) {
    const next = classes
      .filter((c) => c.cap < c.demand && Math.min(c.step, c.demand - c.cap) <= left)
      .sort((a, b) => a.cap / a.demand - b.cap / b.demand)[0];
    if (next === undefined) break;
    const granted = Math.min(next.step, next.demand - next.cap);
    next.cap += granted;
    left -= granted;
  }
  return classes.map(({ period, cap, metrics: members }) => ({ period, cap, metrics: members }));
}

/** What a draw needs to know of a class: what may be spent on it, and what each of its metrics charges, per window. */
export interface DrawnClass {
  /** Millionths of epsilon per budget window. */
  readonly cap: number;
  readonly metrics: readonly Share[];
}

type Share = readonly [id: string, charge: number];

/**
 * Draws the metrics an installation reports in one budget window: in each class a random order, of which those are
 * taken that still fit. Depends on nothing but the registry and the source.
 */
export function drawMetrics(classes: readonly DrawnClass[], source: WordSource): readonly string[] {
  return classes.flatMap(({ cap, metrics }) => {
    const order = [...metrics];
    for (let i = order.length - 1; i > 0; i--) {
      const j = uniformInt(source, i + 1);
      [order[i], order[j]] = [order[j] as Share, order[i] as Share];
    }
    let left = cap;
    return order.flatMap(([id, charge]) => {
      if (charge > left) return [];
      left -= charge;
      return [id];
    });
  });
}

/** The same for the classes of a declared registry. */
export function drawParticipation(
  classes: readonly ParticipationClass[],
  windowDays: number,
  source: WordSource,
): readonly string[] {
  return drawMetrics(drawnClasses(classes, windowDays), source);
}

/** What of a registry's classes a draw needs: what a resolved registry holds. */
export function drawnClasses(classes: readonly ParticipationClass[], windowDays: number): readonly DrawnClass[] {
  return classes.map(({ cap, metrics }) => ({
    cap,
    metrics: metrics.map((metric) => [metric.id, chargePerWindow(metric, windowDays)] as const),
  }));
}
