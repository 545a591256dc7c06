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

/** A cell as it grows: some reports, and the state of all before them once there have been many. */
interface OpenCell {
  readonly metric: string;
  readonly window: number;
  state: State | undefined;
  waiting: WaitingReports | undefined;
}

/** Reports that wait at most: enough for the mechanisms that add many columns by adding words. */
const MOST_WAITING = 256;
/** Of an object and its places in maps, in bytes: a guess. */
const CELL_BYTES = 512;

/** States in memory, by metric and window. A cell is made by the first report that counts. */
export class Counters {
  readonly #cells = new Map<string, Map<number, OpenCell>>();
  #bytes = 0;
  /** Where the last report went: the next one mostly goes there, too. */
  #last: { readonly series: Series; readonly window: number; readonly cell: OpenCell } | undefined;

  /** The memory it takes, about. */
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
        const cell = this.#cellOf(series[entries[at] as number] as Series, entries[at + 1] as number);
        this.#addOne(cell, bytes, entries[at + 2] as number, draws === undefined ? 0 : (draws[i] as number));
      }
    }
  }

  #addOne(cell: OpenCell, bytes: Uint8Array, from: number, draw: number): void {
    const waiting = cell.waiting as WaitingReports;
    const before = waiting.bytes;
    waiting.add(bytes, from, draw);
    this.#bytes += waiting.bytes - before;
    if (waiting.count === MOST_WAITING) this.#settle(cell);
  }

  #cellOf(series: Series, window: number): OpenCell {
    if (this.#last?.series !== series || this.#last.window !== window) {
      const cell = this.#open(series.metric.fingerprint, window);
      if (cell.waiting === undefined) {
        cell.waiting = new WaitingReports(series);
        this.#bytes += cell.waiting.bytes;
      }
      this.#last = { series, window, cell };
    }
    return this.#last.cell;
  }

  #open(metric: string, window: number): OpenCell {
    const windows = this.#cells.get(metric) ?? new Map<number, OpenCell>();
    this.#cells.set(metric, windows);
    const known = windows.get(window);
    if (known !== undefined) return known;
    const cell: OpenCell = { metric, window, state: undefined, waiting: undefined };
    windows.set(window, cell);
    this.#bytes += CELL_BYTES;
    return cell;
  }

  /** Moves the reports that wait into the state. */
  #settle(cell: OpenCell): void {
    const { waiting } = cell;
    if (waiting === undefined || waiting.count === 0) return;
    if (cell.state === undefined) this.#keep(cell, waiting.series.aggregator.empty(waiting.series.params));
    waiting.addTo(cell.state as State);
    waiting.clear();
  }

  #keep(cell: OpenCell, state: State): void {
    cell.state = state;
    this.#bytes += state.counts.byteLength;
  }

  /** Adds all that `other` holds; `other` is not to be used any more. */
  addAll(other: Counters): void {
    for (const windows of other.#cells.values()) {
      for (const { metric, window, state, waiting } of windows.values()) {
        if (state !== undefined) this.put({ metric, window, state });
        if (waiting === undefined) continue;
        const own = this.#open(metric, window);
        const before = own.waiting?.bytes ?? 0;
        if (own.waiting === undefined) own.waiting = waiting;
        else own.waiting.addAll(waiting);
        this.#bytes += own.waiting.bytes - before;
        if (own.waiting.count >= MOST_WAITING) this.#settle(own);
      }
    }
  }

  /** Adds a state, which is not to be used any more. */
  put({ metric, window, state }: Cell): void {
    const cell = this.#open(metric, window);
    if (cell.state === undefined) this.#keep(cell, state);
    else mergeStates(cell.state, state);
  }

  /** Each state as it is, made for whoever asks where few reports have come: they are not all in memory at once. */
  *cells(): Iterable<Cell> {
    for (const windows of this.#cells.values()) {
      for (const cell of windows.values()) yield { metric: cell.metric, window: cell.window, state: whole(cell) };
    }
  }

  /** Copies, earliest first. */
  states(metric: string, from: number, to: number): readonly WindowState[] {
    return this.#sorted(metric)
      .filter(({ window }) => from <= window && window <= to)
      .map((cell) => ({ window: cell.window, state: whole(cell) }));
  }

  windows(metric: string): readonly WindowCount[] {
    return this.#sorted(metric).map(({ window, state, waiting }) => ({
      window,
      n: (state?.n ?? 0) + (waiting?.count ?? 0),
    }));
  }

  /** Forgets the windows that begin before `oldest`. */
  forget(oldest: number): void {
    this.#last = undefined;
    for (const windows of this.#cells.values()) {
      for (const window of windows.keys()) if (window < oldest) windows.delete(window);
    }
  }

  #sorted(metric: string): readonly OpenCell[] {
    return [...(this.#cells.get(metric)?.values() ?? [])].sort((a, b) => a.window - b.window);
  }
}

/** A copy of a cell's state, with what waits. */
function whole({ state, waiting }: OpenCell): State {
  const copy =
    state === undefined
      ? (waiting as WaitingReports).series.aggregator.empty((waiting as WaitingReports).series.params)
      : { ...state, counts: state.counts.slice() };
  waiting?.addTo(copy);
  return copy;
}
