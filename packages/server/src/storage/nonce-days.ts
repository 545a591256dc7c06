import { NONCE_BYTES } from '@dither/protocol';
import { bytesFor, NonceSet } from './nonces.js';

/** The nonces of one day: in memory, and of a sealed day most of them on disk. */
interface Day {
  set: NonceSet;
  sealed: number;
}

/**
 * The nonces of the last days, one set a day, so that a day is forgotten by dropping its set. A day may be sealed: its
 * nonces are then on disk, and only those that came since are here.
 */
export class NonceDays {
  readonly #secret: Uint32Array;
  readonly #retainedDays: number;
  readonly #days = new Map<number, Day>();
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
   * The newest day before the newest one that is remembered. What is forgotten for good follows it: a single batch of a wrong
   * day, taken while the clock was wrong, does not take everything with it.
   */
  get believed(): number {
    const before = [...this.#days.keys()].filter((day) => day < this.#newest);
    return before.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...before);
  }

  /** Nonces remembered, wherever they are. */
  get size(): number {
    let sum = 0;
    for (const { set, sealed } of this.#days.values()) sum += set.size + sealed;
    return sum;
  }

  /** Memory they take, in bytes. */
  get bytes(): number {
    let sum = 0;
    for (const { set } of this.#days.values()) sum += set.bytes;
    return sum;
  }

  /**
   * The oldest day that is remembered if `newest` is the newest one counted. It follows what was counted and not a
   * clock: a server clock that jumps ahead forgets nothing, and one set back cannot count a replay.
   */
  oldest(newest = this.#newest): number {
    return newest - this.#retainedDays;
  }

  /** Whether the nonce is in memory. */
  has(day: number, nonce: Uint8Array): boolean {
    return this.#days.get(day)?.set.has(nonce) ?? false;
  }

  /** Whether nonces of that day are on disk, too, and must be looked for there. */
  isSealed(day: number): boolean {
    return (this.#days.get(day)?.sealed ?? 0) > 0;
  }

  /** Adds the 16 bytes of `bytes` at `offset`; a newest day drops those that are too old beside it. */
  add(day: number, bytes: Uint8Array, offset = 0): void {
    const ofDay = this.#days.get(day) ?? this.#begin(day, { set: new NonceSet(this.#secret), sealed: 0 });
    ofDay.set.add(bytes, offset);
  }

  /** Adds a day as it was read from disk: its nonces end to end, and how many more are sealed. */
  load(day: number, nonces: Uint8Array, sealed: number): void {
    const { set } = this.#begin(day, { set: new NonceSet(this.#secret, nonces.length / NONCE_BYTES), sealed });
    for (let at = 0; at < nonces.length; at += NONCE_BYTES) set.add(nonces, at);
  }

  /** Takes the nonces of a day out of memory, but for `fresh`: the others, `sealed` in all, are on disk. */
  seal(day: number, sealed: number, fresh: readonly Uint8Array[]): void {
    const ofDay = this.#days.get(day);
    if (ofDay === undefined) return;
    ofDay.set = new NonceSet(this.#secret, fresh.length);
    ofDay.sealed = sealed;
    for (const nonce of fresh) ofDay.set.add(nonce);
  }

  /** Days with more than a few nonces in memory, oldest first: the order in which to seal them. */
  get crowded(): readonly number[] {
    const smallest = bytesFor(0);
    return [...this.#days]
      .filter(([, { set }]) => set.bytes > smallest)
      .map(([day]) => day)
      .sort((a, b) => a - b);
  }

  #begin(day: number, ofDay: Day): Day {
    this.#days.set(day, ofDay);
    if (day > this.#newest) {
      this.#newest = day;
      for (const old of this.#days.keys()) if (old < this.oldest()) this.#days.delete(old);
    }
    return ofDay;
  }
}
