import type { Estimate } from '@dither/mechanisms';
import { isFrequency, type SimulatedMetric, type SimulatedQuantity } from './metrics.js';
import { policy } from './policy.js';
import type { Tally } from './tally.js';

/** One quantity of one repetition: what was true, and what was estimated. */
export interface Cell {
  readonly quantity: SimulatedQuantity;
  /** Among the installations that reported. */
  readonly truth: number;
  readonly estimate: Estimate;
  /** Estimate minus truth. */
  readonly error: number;
  /** Whether the interval holds the truth, ends included. */
  readonly isCovered: boolean;
}

/** The cells of a metric; none where nobody reported it. */
export function cellsOf(
  { mechanism, params, quantities }: SimulatedMetric,
  { holders, state }: Tally,
): readonly Cell[] {
  if (state.n === 0) return [];
  const estimates = mechanism.aggregator.estimate(params, state, policy.confidence);
  return quantities.map((quantity, i) => {
    const estimate = estimates[i] as Estimate;
    const truth = truthOf(quantity, holders, state.n);
    return {
      quantity,
      truth,
      estimate,
      error: estimate.value - truth,
      isCovered: estimate.low <= truth && truth <= estimate.high,
    };
  });
}

function truthOf(quantity: SimulatedQuantity, holders: Float64Array, n: number): number {
  if (isFrequency(quantity)) return (holders[quantity.index] as number) / n;
  return holders.reduce((sum, count, value) => sum + (count === 0 ? 0 : count * quantity.weights(value)), 0) / n;
}
