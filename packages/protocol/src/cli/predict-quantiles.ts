import type { DistributionMechanism, IndexParams } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric } from '../registry/metric.js';
import type { Prediction } from './prediction.js';

const QUANTILES = [0.5, 0.75, 0.95] as const;

/** What the choice between mechanisms looks at. */
const ADVISED = 0.75;

/** A mechanism must be this much better before it is advised: both predictions rest on an assumed population. */
const CLEARLY = 0.9;

/**
 * Where the assumed bell curves have their middles, as parts of the range. Several: an estimate of noise stays in the
 * middle, and would look right of a curve that is there.
 */
const CENTRES = [0.3, 0.5, 0.7] as const;

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
  const curves = CENTRES.map((centre) => bell(cells, centre));
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

/** Another mechanism that would know the 75th percentile clearly better with so many reporters; undefined if none. */
export function betterForQuantiles(
  metric: Pick<Metric, 'params' | 'microEpsilon'>,
  reporters: number,
): { readonly mechanism: string; readonly ratio: number } | undefined {
  const { mechanism: id, domainSize } = metric.params as IndexParams;
  if (catalogue.get(id)?.answers !== 'distribution') return undefined;
  const curves = CENTRES.map((centre) => bell(domainSize - 1, centre));
  const errors = [...catalogue.values()].flatMap((mechanism) => {
    if (mechanism.answers !== 'distribution') return [];
    const params = mechanism.client.params({ epsilon: metric.microEpsilon / 1e6, domainSize });
    const { aggregator } = mechanism;
    const error = rootMeanSquare(curves.map((shares) => aggregator.quantileError(params, reporters, shares, ADVISED)));
    return [{ id: mechanism.id, error }];
  });
  const own = errors.find((one) => one.id === id);
  const [best] = errors.sort((a, b) => a.error - b.error);
  if (own === undefined || best === undefined || best.error > CLEARLY * own.error) return undefined;
  return { mechanism: best.id, ratio: best.error / own.error };
}

/** A bell curve over `cells` cells, six standard deviations of it; then nobody without an event. */
function bell(cells: number, centre: number): Float64Array {
  const weights = Float64Array.from({ length: cells }, (_, cell) =>
    Math.exp(-0.5 * (6 * ((cell + 0.5) / cells - centre)) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.of(...weights.map((weight) => weight / total), 0);
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
