import { setImmediate } from 'node:timers/promises';
import { type State, uniformInt, type WordSource } from '@dither/mechanisms';
import { exactSampler } from '../exact/sampler.js';
import { multinomial } from '../random/multinomial.js';
import { reportsOfTurn } from './forge.js';
import type { Target } from './forgery.js';

/** One window of honest installations: who holds what, and what a server holds of their reports. */
export interface Honest {
  readonly holders: Float64Array;
  readonly state: State;
}

/**
 * How many installations of a mechanism are drawn: at once where their joint law is known, otherwise one by one. What it gives
 * throws an AbortError where `stop` is aborted meanwhile.
 */
export function honestWindows({ mechanism, params }: Target, shares: ArrayLike<number>) {
  const sampler = exactSampler(mechanism, params);
  return async (n: number, source: WordSource, stop: AbortSignal): Promise<Honest> => {
    const holders = multinomial(source, n, shares);
    const state = sampler?.law === 'joint' ? sampler.sample(holders, source) : await oneByOne(holders, source, stop);
    await setImmediate(undefined, { signal: stop });
    return { holders, state };
  };

  async function oneByOne(holders: Float64Array, source: WordSource, stop: AbortSignal): Promise<State> {
    const { aggregator, client } = mechanism;
    const state = aggregator.empty(params);
    if (!('randomize' in client)) return state;
    const most = reportsOfTurn(params);
    let reuse: unknown;
    for (const [value, count] of holders.entries()) {
      for (let i = 0; i < count; i++) {
        const draw = params.draws === undefined ? undefined : uniformInt(source, params.draws);
        reuse = client.randomize(params, value, source, draw, reuse);
        aggregator.accumulate(params, state, reuse);
        if (state.n % most === 0) await setImmediate(undefined, { signal: stop });
      }
    }
    return state;
  }
}

/** Whether every installation is drawn by itself, which takes as long as its report is. */
export function isOneByOne({ mechanism, params }: Target): boolean {
  return exactSampler(mechanism, params)?.law !== 'joint';
}
