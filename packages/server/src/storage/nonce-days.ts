import { NonceSet } from './nonces.js';

/** The nonces of the last days, one set a day, so that a day is forgotten by dropping its set. */
export class NonceDays {
  readonly #secret: Uint32Array;
  readonly #retainedDays: number;
  readonly #days = new Map<number, NonceSet>();
  #newest = Number.NEGATIVE_INFINITY;

  constructor(secret: Uint32Array, retainedDays: number) {
    this.#secret = secret;
    this.#retainedDays = retainedDays;
  }

  /** The newest day of a batch that was counted. */
  get newest(): number {
    return this.#newest;
  }

  /**
   * The oldest day that is remembered if `newest` is the newest one counted. It follows what was counted and not a
   * clock: a server clock that jumps ahead forgets nothing, and one set back cannot count a replay.
   */
  oldest(newest = this.#newest): number {
    return newest - this.#retainedDays;
  }

  has(day: number, nonce: Uint8Array): boolean {
    return this.#days.get(day)?.has(nonce) ?? false;
  }

  /** Adds the 16 bytes of `bytes` at `offset`; a newest day drops those that are too old beside it. */
  add(day: number, bytes: Uint8Array, offset = 0): void {
    let ofDay = this.#days.get(day);
    if (ofDay === undefined) {
      ofDay = new NonceSet(this.#secret);
      this.#days.set(day, ofDay);
    }
    ofDay.add(bytes, offset);
    if (day <= this.#newest) return;
    this.#newest = day;
    for (const old of this.#days.keys()) if (old < this.oldest()) this.#days.delete(old);
  }
}
