import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { Aggregate, Metric } from '@dither/protocol';
import type { ValueColumn } from '../population.js';
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
  /** The value, or number of the text, of each of so many installations; "no event" where there was none. */
  values(installations: number): ValueColumn;
  /** Of a text metric the text of each number that was added. */
  readonly texts: readonly string[] | undefined;
}

/** @param source - for `random` alone */
export function column(metric: Metric, source: WordSource): Column {
  const merge = merges[metric.aggregate];
  // Sums add what the events say; all others choose among values, and buckets keep the order of their numbers.
  const isSum = metric.aggregate === 'sum';
  const table = metric.kind === 'text' ? textTable() : undefined;
  const none = noneOf(metric);
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
    values(installations) {
      const values = emptyColumn(table?.texts.length ?? metric.domainSize, installations).fill(none);
      for (let i = 0; i < Math.min(installations, counts.length); i++) {
        if (counts[i] === 0) continue;
        const it = held[i] as number;
        values[i] = isSum ? ((metric.encode(it) as number | undefined) ?? none) : it;
      }
      return values;
    },
  };
}

/** The same where a file has one line per installation. */
export interface PlainColumn {
  /** @param input - an event that `metric.encode` takes, or undefined for "no event" */
  push(input: unknown): void;
  values(): ValueColumn;
  readonly texts: readonly string[] | undefined;
}

export function plainColumn(metric: Metric): PlainColumn {
  const table = metric.kind === 'text' ? textTable() : undefined;
  const none = noneOf(metric);
  const most = table === undefined ? metric.domainSize : Number.POSITIVE_INFINITY;
  let held = emptyColumn(most, 1024);
  let length = 0;
  return {
    texts: table?.texts,
    push(input) {
      if (length === held.length) held = extended(held, emptyColumn(most, 2 * length));
      held[length++] = input === undefined ? none : (numberOf(metric, input, table) ?? none);
    },
    values: () => held.subarray(0, length),
  };
}

/** The number of a text "" is 0 in every table. */
function noneOf({ kind, none }: Metric): number {
  return kind === 'text' ? 0 : (none as number);
}

function numberOf(metric: Metric, input: unknown, table: TextTable | undefined): number | undefined {
  const value = metric.encode(input);
  return typeof value === 'string' ? table?.numberOf(value) : value;
}

/** In memory that threads share: a column is never copied to each. */
function emptyColumn(valueCount: number, length: number): ValueColumn {
  if (valueCount <= 2 ** 8) return new Uint8Array(new SharedArrayBuffer(length));
  if (valueCount <= 2 ** 16) return new Uint16Array(new SharedArrayBuffer(2 * length));
  return new Uint32Array(new SharedArrayBuffer(4 * length));
}

function extended<A extends Float64Array | ValueColumn>(from: A, into: A): A {
  into.set(from);
  return into;
}
