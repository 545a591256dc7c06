/** Fixed point with 400 fractional bits: far below anything under test, and another algorithm than `src/exact`. */
export const BITS = 400n;
export const UNIT: bigint = 1n << BITS;
const HALVINGS = 40n;

/** e^(numerator/denominator) in units of 2^-400, within 2^-300 of it: e^(x/2^40), squared forty times. */
export function exp(numerator: bigint, denominator: bigint): bigint {
  const x = (numerator << BITS) / (denominator << HALVINGS);
  let sum = UNIT;
  let term = UNIT;
  for (let i = 1n; term !== 0n; i++) {
    term = ((term * x) >> BITS) / i;
    sum += term;
  }
  for (let i = 0n; i < HALVINGS; i++) sum = (sum * sum) >> BITS;
  return sum;
}

/** A finite double as an exact fraction. */
export function fraction(x: number): { numerator: bigint; denominator: bigint } {
  let scaled = x;
  let denominator = 1n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(scaled), denominator };
}
