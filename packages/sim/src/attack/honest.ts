import { type State, uniformInt, type WordSource } from '@dither/mechanisms';
import { exactSampler } from '../exact/sampler.js';
import { multinomial } from '../random/multinomial.js';
import type { Target } from './forgery.js';

/** One window of honest installations: who holds what, and what a server holds of their reports. */
export interface Honest {
  readonly holders: Float64Array;
  readonly state: State;
}

/** How many installations of a mechanism are drawn: at once where their joint law is known, otherwise one by one. */
export function honestWindows({ mechanism, params }: Target, shares: ArrayLike<number>) {
  const sampler = exactSampler(mechanism, params);
  return (n: number, source: WordSource): Honest => {
    const holders = multinomial(source, n, shares);
    const state = sampler?.law === 'joint' ? sampler.sample(holders, source) : oneByOne(holders, source);
    return { holders, state };
  };

  function oneByOne(holders: Float64Array, source: WordSource): State {
    const { aggregator, client } = mechanism;
    const state = aggregator.empty(params);
    if (!('randomize' in client)) return state;
    let reuse: unknown;
    holders.forEach((count, value) => {
      for (let i = 0; i < count; i++) {
        const draw = params.draws === undefined ? undefined : uniformInt(source, params.draws);
        reuse = client.randomize(params, value, source, draw, reuse);
        aggregator.accumulate(params, state, reuse);
      }
    });
    return state;
  }
}
