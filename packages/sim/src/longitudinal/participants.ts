import type { WordSource } from '@dither/mechanisms';
import {
  chargePerWindow,
  drawParticipation,
  type Metric,
  type ParticipationClass,
  type Registry,
} from '@dither/protocol';

/** The metrics an installation reports in the budget window that begins on a day. */
export type Drawn = (window: number) => ReadonlySet<string>;

/** A draw for each budget window, as an installation makes it. */
export function drawnAnew({ classes, budget, participation, wire }: Registry, source: WordSource): Drawn {
  if (participation === 'all') {
    const all = new Set(wire.map(({ id }) => id));
    return () => all;
  }
  const draws = new Map<number, ReadonlySet<string>>();
  return (window) => {
    const draw = draws.get(window) ?? new Set(drawParticipation(classes, budget.windowDays, source));
    draws.set(window, draw);
    return draw;
  };
}

/** The draw that costs most, in every window: the worst that a registry allows. */
export function dearestDraw({ classes, budget }: Registry): Drawn {
  const ids = new Set(classes.flatMap((c) => dearestOf(c, budget.windowDays)));
  return () => ids;
}

/** Sums of charges that are kept: of charges in hundredths that is all there are. */
const MOST_SUMS = 10_000;

/** The metrics of a class whose charges come closest to its cap. Of very many different sums only the largest are followed. */
function dearestOf({ cap, metrics }: ParticipationClass<Metric>, windowDays: number): readonly string[] {
  let sums = new Map<number, readonly string[]>([[0, []]]);
  for (const metric of metrics) {
    const charge = chargePerWindow(metric, windowDays);
    const more = [...sums].flatMap(([sum, ids]): [number, readonly string[]][] =>
      sum + charge <= cap && !sums.has(sum + charge) ? [[sum + charge, [...ids, metric.id]]] : [],
    );
    const all = [...sums, ...more];
    sums = new Map(all.length <= MOST_SUMS ? all : all.sort(([a], [b]) => b - a).slice(0, MOST_SUMS));
  }
  return [...sums].reduce((best, next) => (next[0] > best[0] ? next : best))[1];
}
