/** Fixed-point scale of {@link expBelow}: 2^96. */
export const SCALE: bigint = 1n << 96n;

/**
 * A lower bound of `e^(numerator/denominator)`, times 2^96.
 *
 * Taylor's series in integers, every term rounded down, then a margin of 2^-48 taken off. The margin keeps the
 * effective epsilon, even rounded up to a double, at most the declared one; it costs 4e-15 of epsilon. Integer
 * arithmetic gives every JavaScript engine the same thresholds, which `Math.exp` does not promise.
 *
 * @param numerator - at least 0
 * @param denominator - at least 1
 */
export function expBelow(numerator: bigint, denominator: bigint): bigint {
  let sum = 0n;
  let term = SCALE;
  for (let i = 1n; term > 0n; i++) {
    sum += term;
    term = (term * numerator) / (denominator * i);
  }
  return sum - (sum >> 48n);
}
