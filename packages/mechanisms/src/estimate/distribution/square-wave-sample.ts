import { fitShares } from './em.js';
import { estimateRatio, type Pair, type RatioEstimate } from './ratio.js';
import { outputLaw, type WaveChannel } from './square-wave-channel.js';
import { MAX_STEPS, SMOOTHING, TOLERANCE } from './square-wave-policy.js';
import { scoresFor } from './square-wave-score.js';

/** Reports, and the smoothed fit, from which standard errors are plugged in. */
export interface WaveSample {
  readonly channel: WaveChannel;
  /** More than 0. */
  readonly n: number;
  readonly counts: ArrayLike<number>;
  /** Of each cell, then of "no event". */
  readonly shares: Float64Array;
  /** Chance of each output under `shares`. */
  readonly law: Float64Array;
}

export function waveSample(channel: WaveChannel, n: number, counts: ArrayLike<number>): WaveSample {
  const smoothing = SMOOTHING * channel.cells ** 2;
  const { shares } = fitShares(channel, counts, { smoothing, tolerance: TOLERANCE, maxSteps: MAX_STEPS });
  return { channel, n, counts, shares, law: outputLaw(channel, shares) };
}

/** Sum of target times share over the cells: its unbiased estimate, and the score and targets behind it. */
export interface Total {
  readonly value: number;
  readonly targets: ArrayLike<number>;
  readonly scores: Float64Array;
}

export function total({ channel, n, counts }: WaveSample, targets: ArrayLike<number>): Total {
  const scores = scoresFor(channel, targets);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += (counts[j] as number) * (scores[j] as number);
  return { value: sum / n, targets, scores };
}

/** Covariance of two totals, the population held fixed; plugged in from the fit. */
export function covariance({ channel, n, shares, law }: WaveSample, a: Total, b: Total): number {
  let all = 0;
  for (let j = 0; j < law.length; j++) all += (law[j] as number) * (a.scores[j] as number) * (b.scores[j] as number);
  for (let i = 0; i < channel.cells; i++)
    all -= (shares[i] as number) * (a.targets[i] as number) * (b.targets[i] as number);
  return all / n;
}

/** Everybody with an event: the denominator of every ratio. */
export function eventTotal(sample: WaveSample): Total {
  return total(sample, new Float64Array(sample.channel.cells).fill(1));
}

/** The same as a ratio of itself, which is told from zero or not. */
export function eventPair(sample: WaveSample): Pair {
  const events = eventTotal(sample);
  const variance = covariance(sample, events, events);
  return { numerator: events.value, denominator: events.value, covariance: [variance, variance, variance] };
}

/** The ratio of two totals; `range` is where it must lie. */
export function ratioOf(
  sample: WaveSample,
  a: Total,
  b: Total,
  z: number,
  range: readonly [number, number],
): RatioEstimate {
  const matrix = [covariance(sample, a, a), covariance(sample, a, b), covariance(sample, b, b)] as const;
  return estimateRatio({ numerator: a.value, denominator: b.value, covariance: matrix }, z, range);
}
