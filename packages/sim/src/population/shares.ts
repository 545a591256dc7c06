import { normalTail } from '@dither/mechanisms';
import type { Metric } from '@dither/protocol';

/**
 * Shares of the values of a metric, from what is said of numbers. Clients and exact laws draw from the same shares: a number
 * becomes a value as `metric.encode` has it, and the shares are exact to double precision.
 */

/** Weights, of which one at least is above zero, as shares. */
export function normalized(weights: ArrayLike<number>): Float64Array {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] as number;
  return Float64Array.from(weights, (weight) => weight / total);
}

/** Several laws, each with a weight; those that know fewer values give the others none. */
export function mixed(parts: readonly (readonly [weight: number, shares: Float64Array])[]): Float64Array {
  const sum = new Float64Array(Math.max(...parts.map(([, shares]) => shares.length)));
  for (const [weight, shares] of parts) {
    for (let i = 0; i < shares.length; i++) sum[i] = (sum[i] as number) + weight * (shares[i] as number);
  }
  return normalized(sum);
}

/** Shares to which other values are added that nobody holds. */
export function padded(shares: Float64Array, valueCount: number): Float64Array {
  const all = new Float64Array(valueCount);
  all.set(shares);
  return all;
}

/** Weights of rank 1 to `size`: rank^-exponent. */
export function zipfWeights(size: number, exponent: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => (i + 1) ** -exponent);
}

/**
 * Of a number with a density: the chance of each value of a count, timing or quantity.
 * @param below - the chance of a number below x
 */
export function sharesBelow(metric: Metric, below: (x: number) => number): Float64Array {
  const starts = startsOf(metric);
  const chances = [0, ...starts.map(below), 1];
  const shares = starts.map((_, i) => (chances[i + 1] as number) - (chances[i] as number));
  const last = 1 - (chances[starts.length] as number);
  return padded(Float64Array.from([...shares, last], positive), metric.domainSize);
}

/** Where the second value begins, and those after it. What lies outside the range is in the first or the last. */
function startsOf({ domain, domainSize, kind }: Metric): readonly number[] {
  // Counts are rounded, halves upwards.
  if (kind === 'count') return Array.from({ length: domainSize - 1 }, (_, i) => i + 0.5);
  return (domain.edges ?? []).slice(1, -1);
}

/** Differences of chances that are nearly the same. */
function positive(share: number): number {
  return Math.max(0, share);
}

/** Weights on numbers as shares of the values that these become; below zero a count is zero. */
export function sharesAt(metric: Metric, pairs: Iterable<readonly [x: number, weight: number]>): Float64Array {
  const weights = new Float64Array(metric.domainSize);
  for (const [x, weight] of pairs) {
    const value = metric.encode(metric.kind === 'count' ? Math.max(0, x) : x) as number;
    weights[value] = (weights[value] as number) + weight;
  }
  return normalized(weights);
}

/** The chance of a standard normal number below z. */
export function normalBelow(z: number): number {
  return normalTail(-z);
}

/** The Poisson law as weights around its mode; what is left out weighs less than 1e-18 of the mode. */
export function poissonWeights(mean: number): { readonly from: number; readonly weights: readonly number[] } {
  const mode = Math.floor(mean);
  const below: number[] = [];
  for (let k = mode, weight = 1; k > 0 && weight > 1e-18; k--) {
    weight *= k / mean;
    below.push(weight);
  }
  const above: number[] = [];
  for (let k = mode + 1, weight = 1; weight > 1e-18; k++) {
    weight *= mean / k;
    above.push(weight);
  }
  return { from: mode - below.length, weights: [...below.reverse(), 1, ...above] };
}
