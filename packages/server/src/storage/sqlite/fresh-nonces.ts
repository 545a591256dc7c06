import { NONCE_BYTES } from '@dither/protocol';
import type { NonceRow } from './messages.js';

/** Nonces counted since the last fold, by day. */
export class FreshNonces {
  readonly #days = new Map<number, Uint8Array[]>();

  add(day: number, nonce: Uint8Array): void {
    const ofDay = this.#days.get(day);
    if (ofDay === undefined) this.#days.set(day, [nonce]);
    else ofDay.push(nonce);
  }

  /** Takes back what a failed fold did not write. */
  addAll(other: FreshNonces): void {
    for (const [day, nonces] of other.#days) for (const nonce of nonces) this.add(day, nonce);
  }

  of(day: number): readonly Uint8Array[] {
    return this.#days.get(day) ?? [];
  }

  /** One segment a day, sorted, so that neither the order of arrival nor a report can be read from it. */
  segments(): readonly NonceRow[] {
    return [...this.#days].map(([day, nonces]) => {
      const segment = new Uint8Array(nonces.length * NONCE_BYTES);
      nonces.sort(Buffer.compare).forEach((nonce, i) => {
        segment.set(nonce, i * NONCE_BYTES);
      });
      return { day, segment };
    });
  }
}
