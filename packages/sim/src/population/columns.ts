import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { Aggregate, Metric } from '@dither/protocol';
import { type TextTable, textTable } from './text-table.js';

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
  /** The value, or number of the text; "no event" if there was none. */
  value(installation: number): number;
  /** Of a text metric the text of each number that was added. */
  readonly texts: readonly string[] | undefined;
}

/** @param source - for `random` alone */
export function column(metric: Metric, source: WordSource): Column {
  const merge = merges[metric.aggregate];
  // Sums add what the events say; all others choose among values, and buckets keep the order of their numbers.
  const isSum = metric.aggregate === 'sum';
  const table = metric.kind === 'text' ? textTable() : undefined;
  const none = table === undefined ? (metric.none as number) : table.numberOf('');
  let held = new Float64Array(1024);
  let counts = new Uint32Array(1024);
  return {
    texts: table?.texts,
    add(installation, input) {
      const value = numberOf(metric, input, table);
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
      if (installation >= counts.length || counts[installation] === 0) return none;
      const it = held[installation] as number;
      return isSum ? ((metric.encode(it) as number | undefined) ?? none) : it;
    },
  };
}

function numberOf(metric: Metric, input: unknown, table: TextTable | undefined): number | undefined {
  const value = metric.encode(input);
  return typeof value === 'string' ? table?.numberOf(value) : value;
}

function extended<A extends Float64Array | Uint32Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
