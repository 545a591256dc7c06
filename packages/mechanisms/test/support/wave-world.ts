import type { State, WordSource } from '@dither/mechanisms';
import type { WaveChannel } from '../../src/estimate/distribution/square-wave-channel.js';
import { aggregator, params, type SquareWaveParams } from '../../src/mechanisms/square-wave.js';
import { probability } from '../../src/random/bernoulli.js';
import { sampleBinomial, type Uniform } from './binomial-sampler.js';

/** Square wave at one setting, with its channel in doubles. */
export interface Wave {
  readonly params: SquareWaveParams;
  readonly channel: WaveChannel;
}

export function waveOf(epsilon: number, cells: number): Wave {
  const made = params({ epsilon, domainSize: cells + 1 });
  const keep = probability(made.keep);
  const { window, outputs } = made;
  return { params: made, channel: { cells, window, outputs, outside: (1 - keep) / outputs, step: keep / window } };
}

function normalized(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

const bell = (x: number, centre: number, width: number) => Math.exp(-(((x - centre) / width) ** 2) / 2) / width;

/** Shapes over cells, as shares that sum to one. On a logarithmic axis a bell is a log-normal. */
export const shapes = {
  /** What people wait for: two log-normals, the heavier one quick. */
  waits: (cells: number) =>
    normalized(
      Array.from({ length: cells }, (_, i) => 0.7 * bell(i / cells, 0.55, 0.13) + 0.3 * bell(i / cells, 0.75, 0.15)),
    ),
  flat: (cells: number) => new Array<number>(cells).fill(1 / cells),
  /** Two narrow humps and next to nothing between. */
  humps: (cells: number) =>
    normalized(
      Array.from(
        { length: cells },
        (_, i) => 0.7 * bell(i / cells, 0.3, 0.06) + 0.3 * bell(i / cells, 0.7, 0.05) + 0.01,
      ),
    ),
  /** Nearly all in two single cells: what smoothing is worst at. */
  spikes: (cells: number) =>
    normalized(
      Array.from({ length: cells }, (_, i) => {
        const isSpike = i === Math.floor(0.2 * cells) || i === Math.floor(0.6 * cells);
        return 0.2 / cells + (isSpike ? 0.4 : 0);
      }),
    ),
} as const;

/** How many of n clients hold each value, "no event" last, as nearly as whole clients can; the rest is in the middle. */
export function holdersOf(shares: readonly number[], withEvent: number, n: number): number[] {
  const holders = [...shares.map((share) => Math.floor(n * share * withEvent)), Math.floor(n * (1 - withEvent))];
  const middle = shares.length >> 1;
  holders[middle] = (holders[middle] as number) + n - holders.reduce((sum, count) => sum + count, 0);
  return holders;
}

/** Adds `n` uniform draws from the outputs [from, from + size). */
function scatter(counts: Float64Array, n: number, from: number, size: number, uniform: Uniform): void {
  let rest = n;
  for (let i = 0; i < size && rest > 0; i++) {
    const drawn = sampleBinomial(uniform, rest, 1 / (size - i));
    counts[from + i] = (counts[from + i] as number) + drawn;
    rest -= drawn;
  }
}

/** The state after one report of each client: an exact draw of its law, in a time that does not grow with n. */
export function drawState({ params: p, channel }: Wave, holders: readonly number[], source: WordSource): State {
  const state = aggregator.empty(p);
  const uniform = () => (source.next() + source.next() / 2 ** 32) / 2 ** 32;
  let anywhere = 0;
  holders.forEach((count, value) => {
    const kept = sampleBinomial(uniform, count, channel.step * channel.window);
    scatter(
      state.counts,
      kept,
      value === channel.cells ? channel.outputs - channel.window : value,
      channel.window,
      uniform,
    );
    anywhere += count - kept;
    state.n += count;
  });
  scatter(state.counts, anywhere, 0, channel.outputs, uniform);
  return state;
}

/** The cell that holds a quantile of those with an event, and the place in it. */
export function trueQuantile(holders: readonly number[], quantile: number): { cell: number; place: number } {
  const cells = holders.length - 1;
  const events = holders.slice(0, cells).reduce((sum, count) => sum + count, 0);
  let rest = quantile * events;
  for (let cell = 0; cell < cells; cell++) {
    const count = holders[cell] as number;
    if (count > 0 && rest <= count) return { cell, place: cell + rest / count };
    rest -= count;
  }
  throw new Error('nobody had an event');
}
