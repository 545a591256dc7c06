import type { Value } from '@dither/protocol';

/** A stretch of windows, both ends included, by the first day of each. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What was true of the installations that reported: number of reports, and how many of them were about each value. */
export interface Truths {
  readonly n: number;
  readonly counts: ReadonlyMap<Value, number>;
}

/**
 * How many installations reported each true value: metric, window, value. Kept by the demo, which plays the persons;
 * neither SDK nor server ever holds it.
 */
export class Tally {
  readonly #cells = new Map<string, Map<number, Map<Value, number>>>();

  add(metric: string, window: number, value: Value, times = 1): void {
    const windows = this.#cells.get(metric) ?? new Map<number, Map<Value, number>>();
    const values = windows.get(window) ?? new Map<Value, number>();
    values.set(value, (values.get(value) ?? 0) + times);
    windows.set(window, values);
    this.#cells.set(metric, windows);
  }

  windows(metric: string): readonly number[] {
    return [...(this.#cells.get(metric)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** Over some windows, or over all. */
  truths(metric: string, range?: Range): Truths {
    const counts = new Map<Value, number>();
    let n = 0;
    for (const [window, values] of this.#cells.get(metric) ?? []) {
      if (range !== undefined && (window < range.from || window > range.to)) continue;
      for (const [value, count] of values) {
        counts.set(value, (counts.get(value) ?? 0) + count);
        n += count;
      }
    }
    return { n, counts };
  }

  /** As rows that can cross a thread. */
  rows(): readonly (readonly [metric: string, window: number, value: Value, count: number])[] {
    return [...this.#cells].flatMap(([metric, windows]) =>
      [...windows].flatMap(([window, values]) => [...values].map(([value, n]) => [metric, window, value, n] as const)),
    );
  }

  addRows(rows: ReturnType<Tally['rows']>): void {
    for (const [metric, window, value, count] of rows) this.add(metric, window, value, count);
  }
}
