/** Bits in bytes: bit i is bit i & 7 of byte i >> 3. */
export function isSet(bytes: Uint8Array, bit: number): boolean {
  return (((bytes[bit >> 3] as number) >> (bit & 7)) & 1) === 1;
}

/** Sets a bit that is not set, clears one that is. */
export function flip(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
}

/** Whether nothing is set behind the first `bits` bits, in the last byte of those that hold so many from byte `from` on. */
export function isPadded(bytes: Uint8Array, bits: number, from = 0): boolean {
  const used = bits & 7;
  return used === 0 || (bytes[from + (bits >> 3)] as number) >> used === 0;
}
