import { NONCE_BYTES } from '@dither/protocol';

const FIRST_SLOTS = 1024;
/** Above this share of used slots, probing gets slow. */
const MAX_LOAD = 0.7;
const BYTE_VALUES = 256;

/** Random words that decide where a nonce goes. Secret, so that nobody can send nonces that collide. */
export function nonceSecret(fill: (words: Uint32Array) => Uint32Array): Uint32Array {
  return fill(new Uint32Array(NONCE_BYTES * BYTE_VALUES));
}

/**
 * A set of nonces: open addressing with linear probing in one typed array, some 35 bytes a nonce (a Set of strings
 * takes 98, and ends at 16.7 million).
 *
 * Placed by simple tabulation hashing, under which linear probing takes constant expected time whatever the
 * nonces are, as long as the secret is not known. Patrascu, Thorup 2012, "The power of simple tabulation hashing".
 */
export class NonceSet {
  readonly #secret: Uint32Array;
  #slots: Uint8Array;
  #used = 0;
  /** A slot of zeros is free, so the nonce of zeros is kept apart. */
  #hasZero = false;

  /**
   * @param secret - from {@link nonceSecret}
   * @param expected - room is made for as many at once
   */
  constructor(secret: Uint32Array, expected = 0) {
    this.#secret = secret;
    this.#slots = new Uint8Array(slotsFor(expected) * NONCE_BYTES);
  }

  /** Of memory. */
  get bytes(): number {
    return this.#slots.length;
  }

  get size(): number {
    return this.#used + Number(this.#hasZero);
  }

  /** Whether the 16 bytes of `bytes` at `offset` are in the set. */
  has(bytes: Uint8Array, offset = 0): boolean {
    return isZero(bytes, offset) ? this.#hasZero : !isZero(this.#slots, this.#find(bytes, offset));
  }

  /** Adds the 16 bytes of `bytes` at `offset`. */
  add(bytes: Uint8Array, offset = 0): void {
    if (isZero(bytes, offset)) {
      this.#hasZero = true;
      return;
    }
    const slot = this.#find(bytes, offset);
    if (!isZero(this.#slots, slot)) return;
    copy(bytes, offset, this.#slots, slot);
    this.#used++;
    if (this.#used * NONCE_BYTES > MAX_LOAD * this.#slots.length) this.#grow();
  }

  /** Where the nonce is, or the free slot where it would go. */
  #find(bytes: Uint8Array, offset: number): number {
    let hash = 0;
    for (let i = 0; i < NONCE_BYTES; i++) {
      hash ^= this.#secret[i * BYTE_VALUES + (bytes[offset + i] as number)] as number;
    }
    const mask = this.#slots.length / NONCE_BYTES - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = at * NONCE_BYTES;
      if (isSame(this.#slots, slot, bytes, offset) || isZero(this.#slots, slot)) return slot;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint8Array(2 * old.length);
    for (let slot = 0; slot < old.length; slot += NONCE_BYTES) {
      if (!isZero(old, slot)) copy(old, slot, this.#slots, this.#find(old, slot));
    }
  }
}

/** A power of two that holds `nonces` without growing. */
function slotsFor(nonces: number): number {
  let slots = FIRST_SLOTS;
  while (nonces > MAX_LOAD * slots) slots *= 2;
  return slots;
}

/** The memory a set of so many nonces takes, in bytes. */
export function bytesFor(nonces: number): number {
  return slotsFor(nonces) * NONCE_BYTES;
}

function isZero(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < NONCE_BYTES; i++) if (bytes[offset + i] !== 0) return false;
  return true;
}

function isSame(a: Uint8Array, offsetA: number, b: Uint8Array, offsetB: number): boolean {
  for (let i = 0; i < NONCE_BYTES; i++) if (a[offsetA + i] !== b[offsetB + i]) return false;
  return true;
}

function copy(from: Uint8Array, offsetFrom: number, to: Uint8Array, offsetTo: number): void {
  for (let i = 0; i < NONCE_BYTES; i++) to[offsetTo + i] = from[offsetFrom + i] as number;
}
