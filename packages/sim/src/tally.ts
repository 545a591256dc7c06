import type { State } from '@dither/mechanisms';
import { drawParticipation, type Registry } from '@dither/protocol';
import type { SimulatedMetric } from './metrics.js';
import type { Population } from './population.js';
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

/** What a block needs to know; plain data and pure functions. */
export interface Setup {
  readonly registry: Registry;
  /** One per metric of `registry.wire`. */
  readonly metrics: readonly SimulatedMetric[];
  readonly population: Population;
  readonly sources: Sources;
}

export function emptyTallies(metrics: readonly SimulatedMetric[]): readonly Tally[] {
  return metrics.map(({ mechanism, params }) => ({
    holders: new Float64Array(params.domainSize),
    state: mechanism.aggregator.empty(params),
  }));
}

/** Adds `others` to `tallies` in place. */
export function mergeTallies(
  metrics: readonly SimulatedMetric[],
  tallies: readonly Tally[],
  others: readonly Tally[],
): void {
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
 * Values, participation and noise have a source each, named by repetition and block: blocks can be computed in any
 * order and anywhere, and the same population meets other mechanisms when only the registry's mechanisms change.
 */
export function tallyBlock({ registry, metrics, population, sources }: Setup, block: Block): readonly Tally[] {
  const name = `${block.repetition}/${block.from}`;
  const valueSource = sources(`values/${name}`);
  const drawSource = sources(`participation/${name}`);
  const noiseSource = sources(`noise/${name}`);

  const places = new Map(metrics.map(({ metric }, i) => [metric.id, i]));
  const everything = [...places.values()];
  const chosen = (): readonly number[] =>
    registry.participation === 'all'
      ? everything
      : drawParticipation(registry.classes, registry.budget.windowDays, drawSource).map((id) => places.get(id) ?? 0);

  const tallies = emptyTallies(metrics);
  const values = new Int32Array(metrics.length);
  for (let installation = block.from; installation < block.to; installation++) {
    population.draw(installation, valueSource, values);
    for (const i of chosen()) {
      const { mechanism, params } = metrics[i] as SimulatedMetric;
      const { holders, state } = tallies[i] as Tally;
      const value = values[i] as number;
      mechanism.aggregator.accumulate(params, state, mechanism.client.randomize(params, value, noiseSource));
      holders[value] = (holders[value] as number) + 1;
    }
  }
  return tallies;
}
