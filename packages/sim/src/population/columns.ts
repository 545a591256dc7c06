import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { Aggregate, Metric } from '@dither/protocol';

/** How the next event changes what a period holds; `count` events are seen, the next one included. */
type Merge = (held: number, next: number, count: number, source: WordSource) => number;

const merges: Readonly<Record<Aggregate, Merge>> = {
  any: (held) => held,
  sum: (held, next) => held + next,
  first: (held) => held,
  last: (_held, next) => next,
  max: (held, next) => Math.max(held, next),
  random: (held, next, count, source) => (uniformInt(source, count) === 0 ? next : held),
};

/** The value of one metric for every installation: events go in one by one, as its `aggregate` says. */
export interface Column {
  /** Adds an event that `metric.encode` takes. */
  add(installation: number, input: unknown): void;
  /** Index of the value, "no event" if there was none. */
  value(installation: number): number;
}

/** @param source - for `random` alone */
export function column(metric: Metric, source: WordSource): Column {
  const merge = merges[metric.aggregate];
  // Sums add what the events say; all others choose among values, and buckets keep the order of their numbers.
  const isSum = metric.aggregate === 'sum';
  let held = new Float64Array(1024);
  let counts = new Uint32Array(1024);
  return {
    add(installation, input) {
      const value = metric.encode(input);
      if (value === undefined) return;
      if (installation >= held.length) {
        const length = Math.max(2 * held.length, installation + 1);
        held = extended(held, new Float64Array(length));
        counts = extended(counts, new Uint32Array(length));
      }
      const next = isSum ? (input as number) : value;
      const count = (counts[installation] as number) + 1;
      counts[installation] = count;
      held[installation] = count === 1 ? next : merge(held[installation] as number, next, count, source);
    },
    value(installation) {
      if (installation >= counts.length || counts[installation] === 0) return metric.none;
      const it = held[installation] as number;
      return isSum ? (metric.encode(it) ?? metric.none) : it;
    },
  };
}

function extended<A extends Float64Array | Uint32Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
