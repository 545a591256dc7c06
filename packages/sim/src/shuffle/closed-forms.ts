/** Published closed forms of the central epsilon, for any local randomizer: to compare with. Null outside of their range. */

/** Feldman, McMillan, Talwar 2021, "Hiding among the clones: a simple and nearly optimal analysis of privacy amplification by shuffling". */
export function clonesEpsilon(epsilon: number, n: number, delta: number): number | null {
  if (epsilon > Math.log(n / (16 * Math.log(2 / delta)))) return null;
  const e = Math.exp(epsilon);
  const root = Math.sqrt((e * Math.log(4 / delta)) / n);
  return Math.log1p(Math.tanh(epsilon / 2) * (8 * root + (8 * e) / n));
}

/** Feldman, McMillan, Talwar 2023, "Stronger privacy amplification by shuffling for Renyi and approximate differential privacy". */
export function strongerEpsilon(epsilon: number, n: number, delta: number): number | null {
  const e = Math.exp(epsilon);
  if (n <= 8 * Math.log(2 / delta) * (e + 1)) return null;
  const root = Math.sqrt((2 * Math.log(4 / delta)) / ((e + 1) * n));
  return Math.log1p(Math.expm1(epsilon) * (4 * root + 4 / n));
}
