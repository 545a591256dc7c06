import { mergeStates, type State } from '@dither/mechanisms';
import { ENTRY } from '../ingest/contributions.js';
import type { Series } from '../ingest/served-registry.js';
import type { IncomingBatch, WindowCount, WindowState } from './storage.js';
import { WaitingReports } from './waiting-reports.js';

/** The state of one metric in one window. */
export interface Cell {
  /** Fingerprint of the metric. */
  readonly metric: string;
  readonly window: number;
  readonly state: State;
}

/** A cell whose latest reports may not be in its state yet. */
interface OpenCell extends Cell {
  waiting?: WaitingReports;
}

/** States in memory, by metric and window. A cell is made by the first report that counts. */
export class Counters {
  readonly #cells = new Map<string, Map<number, OpenCell>>();

  #bytes = 0;
  /** Where the last report went: the next one mostly goes there, too. */
  #last: { readonly series: Series; readonly window: number; readonly waiting: WaitingReports } | undefined;

  /** Of all counters. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the reports of batches: first their first ones, which are mostly of one metric and window, and so on. */
  add(batches: readonly Pick<IncomingBatch, 'bytes' | 'contributions'>[]): void {
    const longest = batches.reduce((most, { contributions }) => Math.max(most, contributions.length), 0);
    for (let i = 0; i < longest; i++) {
      for (const { bytes, contributions } of batches) {
        if (i >= contributions.length) continue;
        const { series, entries, draws } = contributions;
        const at = ENTRY * i;
        const waiting = this.#waitingIn(series[entries[at] as number] as Series, entries[at + 1] as number);
        waiting.add(bytes, entries[at + 2] as number, draws === undefined ? 0 : (draws[i] as number));
      }
    }
  }

  #waitingIn(series: Series, window: number): WaitingReports {
    if (this.#last?.series !== series || this.#last.window !== window) {
      this.#last = { series, window, waiting: this.#waiting(series, window) };
    }
    return this.#last.waiting;
  }

  #waiting(series: Series, window: number): WaitingReports {
    const { metric, params, aggregator } = series;
    const cell =
      this.#cells.get(metric.fingerprint)?.get(window) ??
      this.put({ metric: metric.fingerprint, window, state: aggregator.empty(params) });
    cell.waiting ??= new WaitingReports(series, cell.state);
    return cell.waiting;
  }

  /** Adds all that `other` holds; `other` is not to be used any more. */
  addAll(other: Counters): void {
    for (const cell of other.cells()) this.put(cell);
  }

  /** Adds a state, which is not to be used any more. @returns the cell it is in */
  put(cell: Cell): OpenCell {
    const windows = this.#cells.get(cell.metric) ?? new Map<number, OpenCell>();
    this.#cells.set(cell.metric, windows);
    const own = windows.get(cell.window);
    if (own !== undefined) {
      mergeStates(own.state, cell.state);
      return own;
    }
    windows.set(cell.window, cell);
    this.#bytes += cell.state.counts.byteLength;
    return cell;
  }

  *cells(): Iterable<Cell> {
    for (const windows of this.#cells.values()) {
      for (const cell of windows.values()) yield settled(cell);
    }
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

  /** Forgets the windows that begin before `oldest`. */
  forget(oldest: number): void {
    this.#last = undefined;
    for (const windows of this.#cells.values()) {
      for (const window of windows.keys()) if (window < oldest) windows.delete(window);
    }
  }

  #sorted(metric: string): readonly Cell[] {
    return [...(this.#cells.get(metric)?.values() ?? [])].map(settled).sort((a, b) => a.window - b.window);
  }
}

function settled(cell: OpenCell): Cell {
  cell.waiting?.settle();
  return cell;
}
