/** Two estimated quantities, with their variances and covariance. */
export interface Pair {
  readonly numerator: number;
  readonly denominator: number;
  /** Of the numerator, of both, of the denominator. */
  readonly covariance: readonly [number, number, number];
}

export interface RatioEstimate {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** Whether the denominator is told from zero: else a ratio over it can be anything. */
export function isTold({ denominator, covariance }: Pick<Pair, 'denominator' | 'covariance'>, z: number): boolean {
  return denominator > z * Math.sqrt(Math.max(0, covariance[2]));
}

/**
 * A ratio, and the ratios r that the test of "numerator - r denominator is zero" does not refuse at z standard errors
 * (Fieller 1954): unlike value plus and minus z errors it holds for a poorly known denominator.
 *
 * @param range - the interval where the denominator is not told from zero; then the error is infinite, and the value
 *   NaN unless the denominator is positive
 */
export function estimateRatio(pair: Pair, z: number, range: readonly [number, number]): RatioEstimate {
  const { numerator, denominator, covariance } = pair;
  const [top, both, bottom] = covariance;
  const value = denominator > 0 ? numerator / denominator : Number.NaN;
  if (!isTold(pair, z)) return { value, standardError: Number.POSITIVE_INFINITY, low: range[0], high: range[1] };
  const standardError = Math.sqrt(Math.max(0, top - 2 * value * both + value * value * bottom)) / denominator;
  // (numerator - r denominator)^2 <= z^2 (top - 2 r both + r^2 bottom), for the distance d = r - value: what would
  // cancel in r does not in d.
  const a = denominator ** 2 - z * z * bottom;
  const b = z * z * (value * bottom - both);
  const root = Math.sqrt(b * b + a * (z * standardError * denominator) ** 2);
  return { value, standardError, low: value + (b - root) / a, high: value + (b + root) / a };
}
