/**
 * How many installations reported each true value: metric, window, value. Kept by the demo, which plays the persons;
 * neither SDK nor server ever holds it.
 */
export class Tally {
  readonly #cells = new Map<string, Map<number, Map<number, number>>>();

  add(metric: string, window: number, value: number, times = 1): void {
    const windows = this.#cells.get(metric) ?? new Map<number, Map<number, number>>();
    const values = windows.get(window) ?? new Map<number, number>();
    values.set(value, (values.get(value) ?? 0) + times);
    windows.set(window, values);
    this.#cells.set(metric, windows);
  }

  windows(metric: string): readonly number[] {
    return [...(this.#cells.get(metric)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** Number of reports, and the share of them that held each value; over one window, or over all. */
  shares(metric: string, domainSize: number, window?: number): { readonly n: number; readonly shares: Float64Array } {
    const shares = new Float64Array(domainSize);
    let n = 0;
    for (const [w, values] of this.#cells.get(metric) ?? []) {
      if (window !== undefined && w !== window) continue;
      for (const [value, count] of values) {
        shares[value] = (shares[value] as number) + count;
        n += count;
      }
    }
    if (n > 0) for (let i = 0; i < domainSize; i++) shares[i] = (shares[i] as number) / n;
    return { n, shares };
  }

  /** As rows that can cross a thread. */
  rows(): readonly (readonly [metric: string, window: number, value: number, count: number])[] {
    return [...this.#cells].flatMap(([metric, windows]) =>
      [...windows].flatMap(([window, values]) => [...values].map(([value, n]) => [metric, window, value, n] as const)),
    );
  }

  addRows(rows: ReturnType<Tally['rows']>): void {
    for (const [metric, window, value, count] of rows) this.add(metric, window, value, count);
  }
}
