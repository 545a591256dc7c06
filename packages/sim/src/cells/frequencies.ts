import { type Estimate, projectOnSimplex, type State } from '@dither/mechanisms';
import { isFrequency, type SimulatedFrequencies, type SimulatedQuantity } from '../metrics.js';
import { policy } from '../policy.js';
import type { Tally } from '../tally.js';
import { type Answer, type Cell, cell } from './cell.js';

/** The share of each value, or a mean. */
export function frequencyAnswer(metric: SimulatedFrequencies, { holders, state }: Tally): Answer {
  const { mechanism, params, quantities } = metric;
  const estimates = mechanism.aggregator.estimate(params, state, policy.confidence);
  const cells = quantities.map((quantity, i) =>
    cell(quantity, truthOf(quantity, holders, state.n), estimates[i] as Estimate),
  );
  const shares = cells.filter((_, i) => isFrequency(quantities[i] as SimulatedQuantity));
  if (shares.length === 0) return { cells };
  const truth = shares.map((it) => it.truth);
  const raw = shares.map(({ estimate }) => estimate.value);
  const processed = mechanism.aggregator.isDistribution ? projectOnSimplex(raw) : raw.map(clamped);
  const { edges } = metric.metric.domain;
  const order = edges === undefined ? {} : { borders: edges };
  return {
    cells: metric.metric.kind === 'category' ? withDetections(metric, state, cells) : cells,
    raw: { truth, estimate: raw, ...order },
    processed: { truth, estimate: processed, ...order },
  };
}

/**
 * A value is detected if its interval lies above zero when all of them together hold with probability .95 (Bonferroni). "No
 * event" is no value that is looked for.
 */
function withDetections(
  { mechanism, params, quantities }: SimulatedFrequencies,
  state: State,
  cells: readonly Cell[],
): readonly Cell[] {
  const listed = params.domainSize - 1;
  const wide = mechanism.aggregator.estimate(params, state, 1 - policy.detectionAlpha / listed);
  return cells.map((it, i) => {
    const index = (quantities[i] as SimulatedQuantity).index ?? listed;
    return index === listed ? it : { ...it, isDetected: (wide[i] as Estimate).low > 0 };
  });
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function truthOf(quantity: SimulatedQuantity, holders: Float64Array, n: number): number {
  if (isFrequency(quantity)) return (holders[quantity.index] as number) / n;
  return holders.reduce((sum, count, value) => sum + (count === 0 ? 0 : count * quantity.weights(value)), 0) / n;
}
