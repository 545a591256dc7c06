/** An exact non-negative rational; `denominator` is positive. Not necessarily in lowest terms. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export function ratio(numerator: bigint, denominator: bigint): Ratio {
  return { numerator, denominator };
}

export function times(a: Ratio, b: Ratio): Ratio {
  return ratio(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function plus(a: Ratio, b: Ratio): Ratio {
  if (a.denominator === b.denominator) return ratio(a.numerator + b.numerator, a.denominator);
  return ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compare(a: Ratio, b: Ratio): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The nearest double, to within one unit in the last place. */
export function toNumber(a: Ratio): number {
  if (a.numerator === 0n) return 0;
  const shift = BigInt(a.denominator.toString(2).length - a.numerator.toString(2).length + 64);
  const scaled = shift >= 0n ? (a.numerator << shift) / a.denominator : a.numerator / (a.denominator << -shift);
  return Number(scaled) / 2 ** Number(shift);
}
