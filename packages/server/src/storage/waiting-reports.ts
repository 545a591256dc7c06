import type { State } from '@dither/mechanisms';
import type { Series } from '../ingest/served-registry.js';

const FIRST = 8;

/**
 * Valid reports on their way into one state, laid end to end: many are added together far faster than one after the other, and
 * a few take far less room than the state.
 */
export class WaitingReports {
  readonly series: Series;
  readonly #reportBytes: number;
  #bytes: Uint8Array;
  #draws: Float64Array | undefined;
  #count = 0;

  constructor(series: Series) {
    const { reportBytes, draws } = series.params;
    this.series = series;
    this.#reportBytes = reportBytes;
    this.#bytes = new Uint8Array(FIRST * reportBytes);
    if (draws !== undefined) this.#draws = new Float64Array(FIRST);
  }

  get count(): number {
    return this.#count;
  }

  /** Of memory. */
  get bytes(): number {
    return this.#bytes.length + (this.#draws?.byteLength ?? 0);
  }

  /** Adds the report that begins at byte `from` of `bytes`. */
  add(bytes: Uint8Array, from: number, draw: number): void {
    const length = this.#reportBytes;
    if (this.#count * length === this.#bytes.length) this.#grow();
    const own = this.#bytes;
    const to = this.#count * length;
    // Most reports are so short that a loop is faster than `set`.
    for (let i = 0; i < length; i++) own[to + i] = bytes[from + i] as number;
    if (this.#draws !== undefined) this.#draws[this.#count] = draw;
    this.#count++;
  }

  /** Adds those of `other`, of the same series. */
  addAll(other: WaitingReports): void {
    for (let i = 0; i < other.#count; i++) this.add(other.#bytes, i * this.#reportBytes, other.#draws?.[i] ?? 0);
  }

  /** Adds them to a state, and keeps them. */
  addTo(state: State): void {
    if (this.#count === 0) return;
    const { params, aggregator } = this.series;
    const bytes = this.#bytes.subarray(0, this.#count * this.#reportBytes);
    aggregator.accumulateAll(params, state, bytes, this.#draws?.subarray(0, this.#count));
  }

  clear(): void {
    this.#count = 0;
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    if (this.#draws === undefined) return;
    const draws = new Float64Array(2 * this.#draws.length);
    draws.set(this.#draws);
    this.#draws = draws;
  }
}
