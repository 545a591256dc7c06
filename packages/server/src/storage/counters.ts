import type { State } from '@dither/mechanisms';
import type { Contribution } from '../ingest/contributions.js';
import type { WindowCount, WindowState } from './storage.js';

/** The state of one metric in one window. */
export interface Cell {
  /** Fingerprint of the metric. */
  readonly metric: string;
  readonly window: number;
  readonly state: State;
}

/** States in memory, by metric and window. A cell is made by the first report that counts. */
export class Counters {
  readonly #cells = new Map<string, Map<number, Cell>>();

  /** Adds one report. @returns the cell it went to */
  add({ series, window, report }: Contribution): Cell {
    const { metric, params, aggregator } = series;
    const cell =
      this.#cells.get(metric.fingerprint)?.get(window) ??
      this.put({ metric: metric.fingerprint, window, state: aggregator.empty(params) });
    aggregator.accumulate(params, cell.state, report);
    return cell;
  }

  /** Puts a state read from disk in its place. */
  put(cell: Cell): Cell {
    let windows = this.#cells.get(cell.metric);
    if (windows === undefined) {
      windows = new Map();
      this.#cells.set(cell.metric, windows);
    }
    windows.set(cell.window, cell);
    return cell;
  }

  /** Copies, earliest first. */
  states(metric: string, from: number, to: number): readonly WindowState[] {
    return this.#sorted(metric)
      .filter(({ window }) => from <= window && window <= to)
      .map(({ window, state }) => ({ window, state: { ...state, counts: state.counts.slice() } }));
  }

  windows(metric: string): readonly WindowCount[] {
    return this.#sorted(metric).map(({ window, state }) => ({ window, n: state.n }));
  }

  #sorted(metric: string): readonly Cell[] {
    return [...(this.#cells.get(metric)?.values() ?? [])].sort((a, b) => a.window - b.window);
  }
}
