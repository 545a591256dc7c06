import { MechanismError } from '../errors.js';

/** @throws MechanismError `option-invalid` where the caller's buffer ends early */
export function checkRoom(into: Uint8Array, at: number, bytes: number): void {
  if (at < 0 || at + bytes > into.length) {
    throw new MechanismError(
      'option-invalid',
      `a report of ${bytes} byte(s) has room in the buffer it is written into`,
    );
  }
}

/** Writes `value` in `bytes` bytes, lowest first, into `into` from `at` on. */
export function writeInteger(value: number, bytes: number, into: Uint8Array, at: number): Uint8Array {
  checkRoom(into, at, bytes);
  let rest = value;
  for (let i = 0; i < bytes; i++) {
    into[at + i] = rest;
    rest >>>= 8;
  }
  return into;
}

/** The integer in `bytes` bytes of `from` at `at`, lowest first; below 2^32. */
export function readInteger(from: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (from[at + i] as number);
  return value;
}

/** A report that is its own bytes. */
export function writeBytes(bytes: Uint8Array, into?: Uint8Array, at = 0): Uint8Array {
  if (into === undefined) return bytes;
  checkRoom(into, at, bytes.length);
  into.set(bytes, at);
  return into;
}
