import { type Mechanism, type Params, type Quantity, toNumber } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric } from '../registry/metric.js';

/** How well one quantity of a metric will be known. */
export interface Prediction {
  /** `frequency` stands for every value of the metric. */
  readonly quantity: string;
  /** Answers it is estimated from. */
  readonly n: number;
  /** Where the truth is at its smallest. */
  readonly standardError: number;
  /** Smallest truth that is told from the smallest possible one 19 times in 20; `range` or more: none is. */
  readonly detectionLimit: number;
  /** Largest possible truth less the smallest. */
  readonly range: number;
}

/** The predicted error of a metric's estimates from the reports of `reporters` installations. */
export function predict(metric: Pick<Metric, 'params' | 'none'>, reporters: number): readonly Prediction[] {
  const { params } = metric;
  const mechanism = catalogue.get(params?.mechanism ?? '');
  if (params === undefined || mechanism === undefined) return [];
  const quantities = mechanism.aggregator.quantities(params);
  const answered = answeredShares(mechanism, params);
  // The values of a distribution are alike but for their names.
  const shown = mechanism.aggregator.isDistribution ? quantities.slice(0, 1) : quantities;
  return shown.map((quantity, i) =>
    predictQuantity(mechanism, params, quantity, i, metric.none, reporters, answered[i] ?? 1),
  );
}

function predictQuantity(
  { aggregator }: Mechanism,
  params: Params,
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
  // Currie 1968: the f with f - 1.645 se(f) = 1.960 se(0).
  let limit = 0;
  for (let i = 0; i < 50; i++) limit = 1.959964 * standardError(0) + 1.644854 * standardError(Math.min(1, limit));
  return {
    quantity: quantity.name,
    n,
    standardError: range * standardError(0),
    detectionLimit: range * limit,
    range,
  };
}

/** A value where the quantity is smallest, "no event" if that is one, and a value where it is largest. */
function extremes(params: Params, { weights }: Quantity, none: number): readonly [low: number, high: number] {
  let [low, high] = [none, none];
  for (let value = 0; value < params.domainSize; value++) {
    if (weights(value) < weights(low)) low = value;
    if (weights(value) > weights(high)) high = value;
  }
  return [low, high];
}

/**
 * The share of reports that answer each quantity, exactly: every report of the channel counted with its chance. For
 * a distribution every report answers all of them, and listing the reports could take for ever.
 */
function answeredShares({ aggregator, channel }: Mechanism, params: Params): readonly number[] {
  if (aggregator.isDistribution) return [1];
  const many = 2 ** 40;
  const state = aggregator.empty(params);
  for (const report of channel.reports(params)) {
    const weight = Math.round(many * toNumber(channel.likelihood(params, 0, report)));
    const one = aggregator.empty(params);
    aggregator.accumulate(params, one, report);
    state.n += weight;
    one.counts.forEach((count, i) => {
      state.counts[i] = (state.counts[i] as number) + weight * count;
    });
  }
  return aggregator.estimate(params, state).map(({ n }) => n / state.n);
}
