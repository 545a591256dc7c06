import type { Registry } from '@dither/protocol';
import type { ValueColumn } from '../population.js';
import type { BadLine, BadLineReason } from './event-lines.js';

export interface BadLines {
  readonly count: number;
  readonly byReason: Readonly<Partial<Record<BadLineReason, number>>>;
}

/** What a file says: a value per installation and metric, in the order of `registry.wire`. */
export interface PopulationTable {
  readonly clients: number;
  readonly badLines: BadLines;
  readonly columns: readonly ValueColumn[];
  /** How many values each metric has. */
  readonly valueCounts: readonly number[];
  /** Of each text metric the text of each value. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

interface Filled {
  readonly texts: readonly string[] | undefined;
}

/** The columns of a file, once it is read. */
export function populationTable<C extends Filled>(
  registry: Registry,
  columns: readonly C[],
  values: (column: C) => ValueColumn,
  { clients, badLines }: Pick<PopulationTable, 'clients' | 'badLines'>,
): PopulationTable {
  const texts = columns.map((column) => column.texts);
  return {
    clients,
    badLines,
    columns: columns.map(values),
    valueCounts: registry.wire.map(({ domainSize }, i) => texts[i]?.length ?? domainSize),
    texts: new Map(registry.wire.flatMap(({ id }, i) => (texts[i] === undefined ? [] : [[id, texts[i]] as const]))),
  };
}

/** Counts the lines that are left out, and tells of each. */
export interface BadLineCount {
  leaveOut(bad: BadLine): void;
  counts(): BadLines;
}

export function badLineCount(onBadLine: (line: BadLine) => void): BadLineCount {
  const byReason: Partial<Record<BadLineReason, number>> = {};
  let count = 0;
  return {
    leaveOut(bad) {
      count++;
      byReason[bad.reason] = (byReason[bad.reason] ?? 0) + 1;
      onBadLine(bad);
    },
    counts: () => ({ count, byReason }),
  };
}
