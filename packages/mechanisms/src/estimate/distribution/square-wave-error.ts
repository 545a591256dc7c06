import { fitShares } from './em.js';
import { placeOf, quantileBetween } from './square-wave-bracket.js';
import { outputLaw, type WaveChannel } from './square-wave-channel.js';
import { MAX_STEPS, RUNS, SIMULATED_CELLS, SMOOTHING, TOLERANCE } from './square-wave-policy.js';
import { eventPair, type WaveSample } from './square-wave-sample.js';
import { guessError, isAnywhere } from './unknown.js';

/**
 * Root mean square error of the place of a quantile in the EMS curve, in cells, by simulation. The noise is built in:
 * the same question has the same answer, and nothing random is drawn by advice. Where the interval of the expected reports
 * is the whole range it is that of a guess: EMS then stays in the middle, whatever the truth.
 *
 * @param shares - of each cell, then of "no event"
 */
export function predictQuantileError(
  channel: WaveChannel,
  n: number,
  shares: ArrayLike<number>,
  quantile: number,
): number {
  const truth = placeOf(shares, channel.cells, quantile);
  const cells = Math.min(channel.cells, SIMULATED_CELLS);
  const scale = channel.cells / cells;
  const simulated = coarser(channel, cells);
  const coarse = merged(shares, channel.cells, cells);
  const law = outputLaw(simulated, coarse);
  const expected: WaveSample = { channel: simulated, n, counts: law.map((chance) => n * chance), shares: coarse, law };
  const intervalAt = (z: number) => {
    const { low, high } = quantileBetween(expected, quantile, z);
    return [low, high] as const;
  };
  if (isAnywhere(eventPair(expected), intervalAt, cells)) return guessError(truth, channel.cells);
  const options = { smoothing: SMOOTHING * cells ** 2, tolerance: TOLERANCE, maxSteps: MAX_STEPS };
  const normal = normalNoise();
  let squares = 0;
  for (let run = 0; run < RUNS; run++) {
    const counts = law.map((chance) => Math.max(0, n * chance + Math.sqrt(n * chance) * normal()));
    const { shares: fitted } = fitShares(simulated, counts, options);
    squares += (scale * placeOf(fitted, cells, quantile) - truth) ** 2;
  }
  return Math.sqrt(squares / RUNS);
}

/** The channel with fewer cells whose windows are the same part of the axis, at the same odds. */
function coarser(channel: WaveChannel, cells: number): WaveChannel {
  if (cells === channel.cells) return channel;
  const window = Math.max(1, Math.round((channel.window * cells) / channel.cells));
  const outputs = cells + 2 * window - 1;
  const excess = channel.step / channel.outside;
  const outside = 1 / (outputs + excess * window);
  return { cells, window, outputs, outside, step: excess * outside };
}

/** Shares of fewer cells, each old cell spread evenly over its place; "no event" stays. */
function merged(shares: ArrayLike<number>, from: number, to: number): Float64Array {
  const result = new Float64Array(to + 1);
  result[to] = shares[from] as number;
  for (let i = 0; i < from; i++) {
    const [start, end] = [(i * to) / from, ((i + 1) * to) / from];
    const first = Math.min(to - 1, Math.floor(start));
    const split = Math.min(end, first + 1);
    const share = shares[i] as number;
    result[first] = (result[first] as number) + (share * (split - start)) / (end - start);
    // A share that crosses a border is never last.
    if (end > split) result[first + 1] = (result[first + 1] as number) + (share * (end - split)) / (end - start);
  }
  return result;
}

/** Standard normal numbers, always the same ones: splitmix32 (Steele, Lea, Flood 2014), then Box and Muller 1958. */
function normalNoise(): () => number {
  let state = 0;
  const uniform = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let x = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return (((x ^ (x >>> 15)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
