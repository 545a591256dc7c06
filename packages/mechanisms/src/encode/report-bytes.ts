/** The integer in `bytes` bytes of `from` at `at`, lowest first; below 2^32. */
export function readInteger(from: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (from[at + i] as number);
  return value;
}

/** A report that is its own bytes. */
export function encodeBytes(_params: unknown, bytes: Uint8Array, into = bytes, at = 0): Uint8Array {
  into.set(bytes, at);
  return into;
}
