/**
 * The fast Walsh-Hadamard transform, in place: `values[from + r]` becomes the sum over c of H[r, c] values[from + c]
 * (`encode/hadamard.ts`).
 *
 * Additions and subtractions alone, size log2(size) of them: exact in integers up to 2^53. Twice is `size` times the
 * original. Fino, Algazi 1976, "Unified matrix treatment of the fast Walsh-Hadamard transform".
 *
 * @param size - a power of two; the whole array unless told
 */
export function walshHadamard(values: Float64Array, from = 0, size = values.length): void {
  for (let half = 1; half < size; half *= 2) {
    for (let start = from; start < from + size; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const a = values[i] as number;
        const b = values[i + half] as number;
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}
