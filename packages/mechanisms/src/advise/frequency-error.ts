import type { FrequencyAggregator, IndexParams, Quantity } from '../mechanism.js';
import { smallestTold } from './smallest-told.js';

/** Some of the quantities of a mechanism. */
export interface Asked {
  readonly aggregator: FrequencyAggregator;
  readonly params: IndexParams;
  /** Which of the quantities. */
  readonly indices: readonly number[];
  /** Share of the reports that answer each quantity; empty if all answer all. */
  readonly answered: readonly number[];
  /** Reports. */
  readonly n: number;
}

/** Root mean square of the standard errors where all values are as frequent. */
export function errorAtEven(asked: Asked): number {
  const { domainSize } = asked.params;
  const variance = varianceAt(asked, new Float64Array(domainSize).fill(1 / domainSize));
  const sum = asked.indices.reduce((total, index) => total + (variance[index] as number), 0);
  return Math.sqrt(sum / asked.indices.length);
}

/** The variance of each quantity. */
function varianceAt({ aggregator, params, answered, n }: Asked, shares: Float64Array): Float64Array {
  const parts = answered.length === 0 ? [1] : [...new Set(answered)];
  const variances = parts.map((part) => aggregator.variance(params, shares, n * part, n));
  const [first = new Float64Array()] = variances;
  if (parts.length === 1) return first;
  return first.map((_, index) => variances[parts.indexOf(answered[index] as number)]?.[index] as number);
}

/**
 * The smallest truth that is told from the smallest possible one 19 times in 20, if everybody else is there: of the quantity
 * that the fewest answer.
 */
export function detectionLimit(asked: Asked): number {
  const { params } = asked;
  const { index, part } = leastAnswered(asked);
  const { low, high } = extremes(params.domainSize, weightsOf(asked, index));
  const at = (share: number): number => {
    const shares = new Float64Array(params.domainSize);
    shares[low.value] = 1 - share;
    shares[high.value] = share;
    return varianceAt(asked, shares)[index] as number;
  };
  // With the population held fixed a variance is linear in it. Where a random part of it answers there is a square as well.
  const [none, all] = [at(0), at(1)];
  const square = part === 1 ? 0 : 2 * (none + all) - 4 * at(0.5);
  const slope = all - none - square;
  const range = high.weight - low.weight;
  return range * smallestTold((share) => Math.sqrt(none + slope * share + square * share * share) / range);
}

/** Which of the quantities the fewest reports answer, and the part of them that does. */
export function leastAnswered({ indices, answered }: Asked): { readonly index: number; readonly part: number } {
  const partOf = (index: number) => answered[index] ?? 1;
  const index = indices.reduce((least, other) => (partOf(other) < partOf(least) ? other : least));
  return { index, part: partOf(index) };
}

function weightsOf({ aggregator, params }: Asked, index: number): Quantity['weights'] {
  if (aggregator.isDistribution) return (value) => Number(value === index);
  return (aggregator.quantities(params)[index] as Quantity).weights;
}

/** A value where a quantity is smallest, and one where it is largest. */
function extremes(domainSize: number, weights: Quantity['weights']) {
  let [low, high] = [
    { value: 0, weight: weights(0) },
    { value: 0, weight: weights(0) },
  ];
  for (let value = 1; value < domainSize; value++) {
    const weight = weights(value);
    if (weight < low.weight) low = { value, weight };
    if (weight > high.weight) high = { value, weight };
  }
  return { low, high };
}
