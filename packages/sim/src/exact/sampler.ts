import type { Mechanism, Params, State, WordSource } from '@dither/mechanisms';
import { laws } from './laws.js';

/** Draws what a server would hold of the reports of many installations, in time that does not grow with their number. */
export interface ExactSampler {
  /**
   * `joint`: a state has the very law that it has from clients. `marginal`: each counter has, but they are drawn
   * independently of each other, so that sums and comparisons of estimates come out wrong.
   */
  readonly law: 'joint' | 'marginal';
  /**
   * Exact to double precision: chances are doubles, and so are the uniform numbers that decide.
   * @param holders - installations that report, by true value: whole numbers, whose sum is at most 2^53. Each reports once: of
   *   two stages the first report of an epoch
   */
  sample(holders: ArrayLike<number>, source: WordSource): State;
}

/**
 * The sampler of a mechanism; none where its state has no law that is short to draw from.
 * @param texts - of a mechanism over texts, the text of each value, "" for none
 */
export function exactSampler(
  { id, aggregator }: Mechanism,
  params: Params,
  texts: readonly string[] = [],
): ExactSampler | undefined {
  const entry = Object.hasOwn(laws, id) ? laws[id] : undefined;
  if (entry === undefined) return undefined;
  const { law, drawOf } = entry;
  const draw = drawOf(params, texts);
  return {
    law,
    sample(holders, source) {
      const state = (aggregator as Pick<Mechanism['aggregator'], 'empty'>).empty(params as never);
      for (let value = 0; value < holders.length; value++) state.n += holders[value] as number;
      draw(state.counts, holders, source);
      return state;
    },
  };
}
