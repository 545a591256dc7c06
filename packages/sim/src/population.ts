import type { BadLines } from './population/table.js';

/**
 * Installations and what is true of them: plain data, which a thread can be given. Metrics are those of `registry.wire`, in that
 * order; values are indices of a metric's domain, or of its texts.
 */
export interface Population {
  /** What it is, as the command line said it. */
  readonly name: string;
  /** Nobody said what it is. */
  readonly isAssumed?: true;
  /** How many installations it holds, or undefined where any number can be drawn from it. */
  readonly size: number | undefined;
  /** Lines that were left out, where it was read from a file. */
  readonly badLines?: BadLines;
  /** Of each text metric the text of each value; the first is "", no event. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly values: DeclaredValues | ObservedValues;
}

/** Metrics are independent of one another. */
export interface DeclaredValues {
  readonly kind: 'declared';
  /** Of each metric the probability of each value, summing to one. */
  readonly shares: readonly Float64Array[];
  /** Where the population drifts: what the shares have become in the last window. */
  readonly end?: readonly Float64Array[];
}

export interface ObservedValues {
  readonly kind: 'observed';
  /** Installations that there are. */
  readonly size: number;
  /** Of each metric the value of each of them, and how many values there may be. */
  readonly columns: readonly ValueColumn[];
  readonly valueCounts: readonly number[];
}

/** As narrow as the values allow. */
export type ValueColumn = Uint8Array | Uint16Array | Uint32Array;

/**
 * The true share of each value of a metric: what installations are drawn from, or what those of a file hold.
 *
 * @param place - of the metric in `registry.wire`
 */
export function sharesOf({ values }: Population, place: number): Float64Array {
  if (values.kind === 'declared') return values.shares[place] as Float64Array;
  return holdersOf(values, place).map((count) => count / values.size);
}

/** How many of the installations that there are hold each value. */
export function holdersOf({ columns, valueCounts }: ObservedValues, place: number): Float64Array {
  const counts = new Float64Array(valueCounts[place] as number);
  for (const value of columns[place] as ValueColumn) counts[value] = (counts[value] as number) + 1;
  return counts;
}

/**
 * The population of one of several windows. Shares move in a straight line from the first window to the last.
 * @param window - from zero
 */
export function populationAt(population: Population, window: number, windows: number): Population {
  const { values } = population;
  if (values.kind === 'observed' || values.end === undefined || windows === 1) return population;
  const { shares, end } = values;
  const moved = window / (windows - 1);
  return {
    ...population,
    values: {
      kind: 'declared',
      shares: shares.map((from, i) => {
        const to = end[i] as Float64Array;
        return from.map((share, value) => (1 - moved) * share + moved * (to[value] as number));
      }),
    },
  };
}
