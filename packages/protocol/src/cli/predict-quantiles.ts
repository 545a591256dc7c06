import type { DistributionMechanism, IndexParams } from '@dither/mechanisms';
import { bellCurves } from '@dither/mechanisms/advise';
import type { Metric } from '../registry/metric.js';
import type { Prediction } from './prediction.js';

const QUANTILES = [0.5, 0.75, 0.95] as const;

/** An error of this part of the buckets is hardly less than that of a guess, 0.29 or more: nothing is seen. */
const BLIND = 0.25;

/**
 * The error of percentiles for assumed populations: everybody has an event, and amounts are spread over the range as a
 * bell curve over its buckets, which on a log scale is a log-normal law. Root mean square over several such curves.
 */
export function predictQuantiles(
  mechanism: DistributionMechanism,
  metric: Pick<Metric, 'params' | 'domain'>,
  reporters: number,
): readonly Prediction[] {
  const params = metric.params as IndexParams;
  const edges = metric.domain.edges ?? [];
  const cells = params.domainSize - 1;
  const range = (edges.at(-1) as number) - (edges[0] as number);
  const curves = bellCurves(cells);
  return QUANTILES.map((quantile) => {
    const errors = curves.map((shares) => {
      const places = mechanism.aggregator.quantileError(params, reporters, shares, quantile);
      return { places, amount: places * cellWidth(edges, shares, quantile) };
    });
    return {
      quantity: `p${100 * quantile}`,
      n: reporters,
      standardError: Math.min(range, rootMeanSquare(errors.map(({ amount }) => amount))),
      detectionLimit: rootMeanSquare(errors.map(({ places }) => places)) >= BLIND * cells ? range : undefined,
      range,
      unit: metric.domain.unit ?? '',
    };
  });
}

function rootMeanSquare(errors: readonly number[]): number {
  return Math.hypot(...errors) / Math.sqrt(errors.length);
}

/** Width of the bucket in which the quantile lies. */
function cellWidth(edges: readonly number[], shares: Float64Array, quantile: number): number {
  let cell = 0;
  for (let sum = shares[0] as number; sum < quantile && cell < edges.length - 2; sum += shares[cell] as number) cell++;
  return (edges[cell + 1] as number) - (edges[cell] as number);
}
