import type { FrequencyMechanism, IndexParams, Quantity } from '@dither/mechanisms';
import { answeredShares, smallestTold } from '@dither/mechanisms/advise';
import type { Prediction } from './prediction.js';

/** The error of shares and means. @param none - the value that stands for "no event" */
export function predictFrequencies(
  mechanism: FrequencyMechanism,
  params: IndexParams,
  none: number,
  reporters: number,
): readonly Prediction[] {
  const quantities = mechanism.aggregator.quantities(params);
  const answered = answeredShares(mechanism, params);
  // The values of a distribution are alike but for their names.
  const shown = mechanism.aggregator.isDistribution ? quantities.slice(0, 1) : quantities;
  return shown.map((quantity, i) => predictQuantity(mechanism, params, quantity, i, none, reporters, answered[i] ?? 1));
}

function predictQuantity(
  { aggregator }: FrequencyMechanism,
  params: IndexParams,
  quantity: Quantity,
  index: number,
  none: number,
  reporters: number,
  answered: number,
): Prediction {
  const n = reporters * answered;
  const [low, high] = extremes(params, quantity, none);
  const range = quantity.weights(high) - quantity.weights(low);
  const standardError = (share: number): number => {
    const shares = new Float64Array(params.domainSize);
    shares[low] = 1 - share;
    shares[high] = (shares[high] as number) + share;
    return Math.sqrt(aggregator.variance(params, shares, n, reporters)[index] as number) / range;
  };
  const limit = smallestTold(standardError);
  return {
    quantity: quantity.name,
    n,
    standardError: range * standardError(0),
    detectionLimit: range * limit,
    range,
  };
}

/** A value where the quantity is smallest, "no event" if that is one, and a value where it is largest. */
function extremes(params: IndexParams, { weights }: Quantity, none: number): readonly [low: number, high: number] {
  let [low, high] = [none, none];
  for (let value = 0; value < params.domainSize; value++) {
    if (weights(value) < weights(low)) low = value;
    if (weights(value) > weights(high)) high = value;
  }
  return [low, high];
}
