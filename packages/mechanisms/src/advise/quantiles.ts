import type { DistributionMechanism, IndexParams } from '../mechanism.js';
import { declare, type Explained, type IndexSituation } from './situation.js';

/** Those the choice between mechanisms looks at. */
const QUANTILES = [0.5, 0.75] as const;

/**
 * Where the assumed bell curves have their middles, as parts of the range. Several: an estimate of noise stays in the
 * middle, and would look right of a curve that is there.
 */
const CENTRES = [0.3, 0.5, 0.7] as const;

/** How well a mechanism knows quantiles, if its cells are those of the situation. */
export function quantileCandidate(mechanism: DistributionMechanism, situation: IndexSituation): Explained | undefined {
  const declared = declare<IndexParams>(mechanism, situation, { domainSize: situation.domainSize });
  if (situation.question !== 'quantiles' || declared === undefined) return undefined;
  const { params, options } = declared;
  const { aggregator } = mechanism;
  const errors = bellCurves(params.domainSize - 1).flatMap((shares) =>
    QUANTILES.map((quantile) => aggregator.quantileError(params, situation.n, shares, quantile)),
  );
  return {
    mechanism: mechanism.id,
    options,
    reportBytes: params.reportBytes,
    counters: aggregator.empty(params).counts.length,
    standardError: Math.hypot(...errors) / Math.sqrt(errors.length),
    also: [],
    cause: () => undefined,
  };
}

/**
 * Populations to predict for: everybody has an event, and bell curves lie over the cells, six standard deviations of each.
 * @returns shares of the `cells` values and of "no event"
 */
export function bellCurves(cells: number): readonly Float64Array[] {
  return CENTRES.map((centre) => {
    const weights = Float64Array.from({ length: cells }, (_, cell) =>
      Math.exp(-0.5 * (6 * ((cell + 0.5) / cells - centre)) ** 2),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return Float64Array.of(...weights.map((weight) => weight / total), 0);
  });
}
