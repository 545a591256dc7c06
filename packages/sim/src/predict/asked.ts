import { amountAt } from '@dither/mechanisms';
import type { Metric } from '@dither/protocol';
import { quantilePlace } from '../buckets.js';

/** One quantity of a metric. */
export type Asked =
  | { readonly of: 'share'; readonly value: number }
  | { readonly of: 'mean' }
  | { readonly of: 'quantile'; readonly quantile: number };

/**
 * What is true of it; NaN of a quantile of no event. A mean is one of counts, "no event" being zero; a quantile is one among
 * those with an event, in the metric's unit.
 *
 * @param weights - how many hold each value, or which share
 */
export function truthOf(asked: Asked, { domain }: Pick<Metric, 'domain'>, weights: Float64Array): number {
  switch (asked.of) {
    case 'share':
      return (weights[asked.value] as number) / total(weights);
    case 'mean':
      return weights.reduce((sum, weight, value) => sum + weight * value, 0) / total(weights);
    case 'quantile':
      return amountAt(domain.edges ?? [], quantilePlace(weights.subarray(0, weights.length - 1), asked.quantile));
  }
}

function total(weights: Float64Array): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}
