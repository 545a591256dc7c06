import type { FrequencyMechanism, IndexParams, Mechanism, Params } from '@dither/mechanisms';
import { answeredShares } from '@dither/mechanisms/advise';
import type { Metric } from '@dither/protocol';
import { quantilePlace } from '../buckets.js';
import type { Asked } from './asked.js';

/** What an error is predicted for. */
export interface Situation {
  readonly metric: Pick<Metric, 'domain'>;
  readonly shares: Float64Array;
  /** Reports. */
  readonly n: number;
}

/**
 * The predicted error of an estimate. Of a share or a mean its exact standard error, the population held fixed; of a quantile
 * its root mean squared error, in the metric's unit; of a text's share that of a rare one.
 */
export function predictedError(mechanism: Mechanism, params: Params, asked: Asked, situation: Situation): number {
  const { metric, shares, n } = situation;
  switch (mechanism.answers) {
    case 'texts':
      return mechanism.aggregator.rareError(params, n);
    case 'frequencies':
      return frequencyError(mechanism, params as IndexParams, asked, situation);
    case 'distribution': {
      const { quantile } = asked as Extract<Asked, { of: 'quantile' }>;
      const places = mechanism.aggregator.quantileError(params as IndexParams, n, shares, quantile);
      return places * cellWidth(metric.domain.edges ?? [], shares, quantile);
    }
  }
}

function frequencyError(
  mechanism: FrequencyMechanism,
  params: IndexParams,
  asked: Asked,
  { shares, n }: Situation,
): number {
  const index = quantityIndex(mechanism, params, asked);
  const part = answeredShares(mechanism, params)[index] ?? 1;
  return Math.sqrt(mechanism.aggregator.variance(params, shares, n * part, n)[index] as number);
}

/**
 * The value of whose share an estimate is predicted to err most. Of texts the most common one: collisions and the draw of cohorts
 * weigh on it most.
 */
export function hardestValue(
  mechanism: Mechanism,
  params: Params,
  values: readonly number[],
  { shares, n }: Pick<Situation, 'shares' | 'n'>,
): number {
  const hardness =
    mechanism.answers === 'frequencies' ? variancesOf(mechanism, params as IndexParams, shares, n) : shares;
  return values.reduce((worst, value) => ((hardness[value] as number) > (hardness[worst] as number) ? value : worst));
}

function variancesOf(
  mechanism: FrequencyMechanism,
  params: IndexParams,
  shares: Float64Array,
  n: number,
): Float64Array {
  const parts = answeredShares(mechanism, params);
  const variances = mechanism.aggregator.variance(params, shares, n, n);
  return shares.map((_, value) => {
    const index = quantityIndex(mechanism, params, { of: 'share', value });
    return (variances[index] ?? 0) / (parts[index] ?? 1);
  });
}

/** The place of what is asked among the quantities of a mechanism. */
export function quantityIndex({ aggregator }: FrequencyMechanism, params: IndexParams, asked: Asked): number {
  if (asked.of === 'share' && aggregator.isDistribution) return asked.value;
  return aggregator
    .quantities(params)
    .findIndex(({ name, index }) => (asked.of === 'share' ? index === asked.value : name === asked.of));
}

/** Width of the bucket in which the quantile lies. */
function cellWidth(edges: readonly number[], shares: Float64Array, quantile: number): number {
  const place = quantilePlace(shares.subarray(0, shares.length - 1), quantile);
  const cell = Math.min(Math.floor(place), edges.length - 2);
  return (edges[cell + 1] as number) - (edges[cell] as number);
}
