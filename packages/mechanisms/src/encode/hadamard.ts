/**
 * Sylvester's Hadamard matrix: H[r, c] = +1 or -1 as the bits that `row` and `column` share are even or odd in number.
 * Symmetric; its rows are orthogonal, and row 0 is all +1.
 */
export function hadamardEntry(row: number, column: number): 1 | -1 {
  return isParityOdd(row & column) ? -1 : 1;
}

/** Whether an odd number of the 32 bits is set. */
export function isParityOdd(bits: number): boolean {
  return parity(bits) === 1;
}

/** 1 where an odd number of the 32 bits is set, 0 otherwise. */
export function parity(bits: number): number {
  let folded = bits ^ (bits >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  // One bit of 0x6996 for each of the sixteen halves of a byte.
  return (0x6996 >>> (folded & 15)) & 1;
}
