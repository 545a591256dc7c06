import type { Estimate } from '@dither/mechanisms';
import { isFrequency, type SimulatedFrequencies, type SimulatedQuantity } from '../metrics.js';
import { policy } from '../policy.js';
import type { Tally } from '../tally.js';
import { type Cell, cell } from './cell.js';

/** The share of each value, or a mean. */
export function frequencyCells(
  { mechanism, params, quantities }: SimulatedFrequencies,
  { holders, state }: Tally,
): readonly Cell[] {
  const estimates = mechanism.aggregator.estimate(params, state, policy.confidence);
  return quantities.map((quantity, i) => cell(quantity, truthOf(quantity, holders, state.n), estimates[i] as Estimate));
}

function truthOf(quantity: SimulatedQuantity, holders: Float64Array, n: number): number {
  if (isFrequency(quantity)) return (holders[quantity.index] as number) / n;
  return holders.reduce((sum, count, value) => sum + (count === 0 ? 0 : count * quantity.weights(value)), 0) / n;
}
