import { MechanismError, type State } from '@dither/mechanisms';

const MAGIC = 0x5053; // "SP"
const BASE = 128;

/**
 * A state as it is stored: "SP", length of the params key (one byte), the key (ASCII), then as LEB128 numbers n, how many
 * counters there are, and for each that is not zero the zeros before it and its value.
 *
 * Whoever sends one report to a metric of thousands of counters makes a row of a hundred bytes with it, not of all of them; and
 * where all have counted, they take two or three bytes each.
 */
export function packState({ params, n, counts }: State): Uint8Array {
  const writer = new Writer(4 + params.length + 20 + 4 * nonZero(counts));
  writer.byte(MAGIC & 255);
  writer.byte(MAGIC >> 8);
  writer.byte(params.length);
  for (let i = 0; i < params.length; i++) writer.byte(params.charCodeAt(i));
  writer.number(n);
  writer.number(counts.length);
  let zeros = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    if (count === 0) {
      zeros++;
      continue;
    }
    writer.number(zeros);
    writer.number(count);
    zeros = 0;
  }
  return writer.bytes();
}

/** @throws MechanismError `state-malformed` for bytes that are no state */
export function unpackState(bytes: Uint8Array): State {
  if (bytes[0] !== (MAGIC & 255) || bytes[1] !== MAGIC >> 8) throw malformed();
  const start = 3 + (bytes[2] ?? 0);
  const reader = new Reader(bytes, start);
  const n = reader.number();
  const counts = new Float64Array(reader.number(MOST_COUNTERS));
  for (let at = 0; !reader.isAtEnd; at++) {
    at += reader.number();
    const count = reader.number();
    if (at >= counts.length || count === 0) throw malformed();
    counts[at] = count;
  }
  return { params: String.fromCharCode(...bytes.subarray(3, start)), n, counts };
}

/** More than any mechanism has: what says so is damaged. */
const MOST_COUNTERS = 2 ** 26;

function nonZero(counts: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) sum++;
  return sum;
}

function malformed(): MechanismError {
  return new MechanismError('state-malformed', 'these bytes are no state');
}

class Writer {
  #bytes: Uint8Array;
  #at = 0;

  constructor(expected: number) {
    this.#bytes = new Uint8Array(expected);
  }

  byte(byte: number): void {
    if (this.#at === this.#bytes.length) {
      const more = new Uint8Array(2 * this.#at);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    this.#bytes[this.#at++] = byte;
  }

  /** Seven bits a byte, the lowest first. By division: counters go up to 2^53. */
  number(whole: number): void {
    let rest = whole;
    while (rest >= BASE) {
      this.byte((rest % BASE) | BASE);
      rest = Math.floor(rest / BASE);
    }
    this.byte(rest);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(most = Number.MAX_SAFE_INTEGER): number {
    let whole = 0;
    for (let weight = 1; ; weight *= BASE) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed();
      whole += (byte % BASE) * weight;
      if (whole > most) throw malformed();
      if (byte < BASE) return whole;
    }
  }
}
