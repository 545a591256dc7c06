import { type State, uniformInt } from '@dither/mechanisms';
import { drawParticipation, type Registry } from '@dither/protocol';
import type { Simulated } from './metrics.js';
import type { Draw } from './population/draw.js';
import type { Sources } from './seeded.js';

/** What a block of installations holds and what it reported of one metric. Additive. */
export interface Tally {
  /** Installations that reported, by their true value. */
  readonly holders: Float64Array;
  /** What the server would hold of their reports. */
  readonly state: State;
}

export interface Block {
  readonly repetition: number;
  /** Numbers of the installations: `from` up to, without, `to`. */
  readonly from: number;
  readonly to: number;
}

/** Cohorts of latched metrics: what a draw says about an installation is six bits at most. */
const COHORT_DRAWS = 64;

/** What a block needs to know. */
export interface Setup {
  readonly registry: Registry;
  /** One per metric of `registry.wire`. */
  readonly metrics: readonly Simulated[];
  readonly draw: Draw;
  readonly sources: Sources;
}

export function emptyTallies(metrics: readonly Simulated[]): readonly Tally[] {
  return metrics.map(({ mechanism, params, valueCount }) => ({
    holders: new Float64Array(valueCount),
    state: mechanism.aggregator.empty(params),
  }));
}

/** Adds `others` to `tallies` in place. */
export function mergeTallies(metrics: readonly Simulated[], tallies: readonly Tally[], others: readonly Tally[]): void {
  metrics.forEach(({ mechanism, params }, i) => {
    const [tally, other] = [tallies[i] as Tally, others[i] as Tally];
    mechanism.aggregator.merge(params, tally.state, other.state);
    other.holders.forEach((count, value) => {
      tally.holders[value] = (tally.holders[value] as number) + count;
    });
  });
}

/**
 * Simulates a block, installation by installation: value, participation, report, state.
 *
 * Values, participation, cohorts and noise have a source each, named by repetition and block: blocks can be computed in
 * any order and anywhere, and the same population meets other mechanisms when only the registry's mechanisms change.
 *
 * A latched metric reports as at the start of an epoch, in the cohort that the installation's latched metrics share.
 */
export function tallyBlock({ registry, metrics, draw: drawValues, sources }: Setup, block: Block): readonly Tally[] {
  const name = `${block.repetition}/${block.from}`;
  const valueSource = sources(`values/${name}`);
  const drawSource = sources(`participation/${name}`);
  const cohortSource = sources(`cohorts/${name}`);
  const noiseSource = sources(`noise/${name}`);

  const places = new Map(metrics.map(({ metric }, i) => [metric.id, i]));
  const everything = [...places.values()];
  const chosen = (): readonly number[] =>
    registry.participation === 'all'
      ? everything
      : drawParticipation(registry.classes, registry.budget.windowDays, drawSource).map((id) => places.get(id) ?? 0);

  const hasLatched = metrics.some(({ isLatched }) => isLatched);
  const tallies = emptyTallies(metrics);
  const values = new Int32Array(metrics.length);
  for (let installation = block.from; installation < block.to; installation++) {
    drawValues(installation, valueSource, values);
    const draw = hasLatched ? uniformInt(cohortSource, COHORT_DRAWS) : 0;
    for (const i of chosen()) {
      const { mechanism, params, report } = metrics[i] as Simulated;
      const { holders, state } = tallies[i] as Tally;
      const value = values[i] as number;
      mechanism.aggregator.accumulate(params, state, report(value, draw, noiseSource));
      holders[value] = (holders[value] as number) + 1;
    }
  }
  return tallies;
}
