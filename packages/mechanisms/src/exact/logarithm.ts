const BITS = 120n;
const ONE = 1n << BITS;

/** `2 * atanh(z)` of `z = numerator/denominator` in [0, 1/2], in units of 2^-120, rounded up. */
function logOfOdds(numerator: bigint, denominator: bigint): bigint {
  const z = (numerator * ONE) / denominator + 1n;
  const square = ((z * z) >> BITS) + 1n;
  let sum = 0n;
  let power = z;
  for (let i = 1n; power / i > 1n; i += 2n) {
    sum += power / i + 1n;
    power = ((power * square) >> BITS) + 1n;
  }
  // What is left of the series is below a geometric one with ratio at most 1/4.
  return 2n * (sum + 4n);
}

/**
 * An upper bound of `ln(numerator/denominator)` for a ratio of at least 1, as a double.
 *
 * This is how effective epsilons are computed: from the integers a mechanism really uses, in integers, rounded
 * up. The bound is tight to about one unit in the last place.
 *
 * @returns Infinity if the denominator is 0
 */
export function lnAbove(numerator: bigint, denominator: bigint): number {
  if (denominator === 0n) return Number.POSITIVE_INFINITY;
  if (numerator === denominator) return 0;
  let halvings = 0n;
  let divisor = denominator;
  while (numerator > 2n * divisor) {
    divisor *= 2n;
    halvings++;
  }
  // ln(a/b) = 2 atanh((a-b)/(a+b)); with a/b in [1, 2] the argument is at most 1/3.
  const fraction = logOfOdds(numerator - divisor, numerator + divisor);
  const total = fraction + (halvings === 0n ? 0n : halvings * logOfOdds(1n, 3n));
  // Keep 53 significant bits, rounded up; the shifted value converts without rounding.
  const excess = BigInt(Math.max(0, total.toString(2).length - 53));
  const kept = excess === 0n ? total : (total >> excess) + 1n;
  return Number(kept) * 2 ** Number(excess - BITS);
}
