/**
 * Piecewise: the mean of a clamped count, from an output near it.
 *
 * Citation: Wang, Xiao, Yang, Zhao, Hui, Shin, Shin, Yu 2019, "Collecting and analyzing multidimensional data with local
 * differential privacy", section III-B (Piecewise Mechanism), on a grid, because a continuous output cannot be drawn
 * exactly. The window is ours: the one of least worst case, wider than theirs of about m e^(-epsilon/2) steps.
 * Guarantee: epsilon per report. The count is rounded at random, without bias, to one of the places 0 .. m, m = clamp or
 * 127 if that is less: preprocessing, which costs nothing. With probability `keep` the report is uniform in the window of
 * w outputs from that place on, otherwise uniform over all N = m + w; in the window an output is
 * 1 + keep N / ((1-keep) w) <= e^epsilon times as likely as outside.
 * Estimator: the mean of clamp/2 + (clamp/m)(j - (N-1)/2)/keep over the reports j, exactly unbiased. Variance times n in
 * squared steps, s = place - m/2: ((w^2-1)/keep + (1-keep)(N^2-1)/keep^2)/12 + (1/keep - 1) s^2, and at most 1/4 for the
 * rounding. The standard error plugs in the mean of s^2, which the reports tell without bias.
 * Report: log2 N bits, in one byte.
 * Use when: only the mean of a count is wanted, epsilon is above 1, and counts are mostly in the middle of the range.
 * Not when: nothing is known of the counts (hybrid), or the shape of the distribution is wanted (square-wave, tree).
 */
import { checkValue } from '../check.js';
import { estimateMean, extremes } from '../estimate/mean.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { type Ratio, ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient, State } from '../mechanism.js';
import { numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { keepOr } from '../random/keep-or.js';
import { uniformInt } from '../random/uniform-int.js';
import { checkState, emptyState, mergeStates } from '../state.js';
import { withParams } from './_client.js';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol } from './_symbols.js';
import {
  bestWindow,
  clampOf,
  insideOutOfClamp,
  keepOf,
  MOST_STEPS,
  mostRounding,
  placeOf,
  roundingOf,
  type WindowMoments,
  type WindowParams,
  windowMoments,
} from './_window.js';

export interface PiecewiseParams extends WindowParams {
  readonly keep: Threshold;
}

/** The output, 0 to N-1. */
export type PiecewiseReport = number;

const ID = 'piecewise';

/** Twelve times the variance at either end, where it is largest, in squared steps. */
function worstCase(e: bigint, steps: number, window: number): Ratio {
  const [m, w, outputs] = [BigInt(steps), BigInt(window), BigInt(steps + window)];
  const { numerator: excess, denominator: all } = keepOf(e, steps, window);
  const noise = (w * w - 1n) * excess * all + (outputs * outputs - 1n) * outputs * SCALE * all;
  return ratio(noise + 3n * m * m * outputs * SCALE * excess, excess * excess);
}

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - clamp + 1: values are the counts 0 .. clamp; clamp is 1 to 2^20
 * @returns `keep` = (E-1) w / (N + (E-1) w) rounded down to a multiple of 2^-64, E = e^epsilon
 * @throws MechanismError `epsilon-out-of-range`, `clamp-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): PiecewiseParams {
  const micro = microEpsilon(options.epsilon);
  const clamp = clampOf(options.domainSize);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  const steps = Math.min(clamp, MOST_STEPS);
  const { window } = bestWindow(steps, (w) => worstCase(e, steps, w));
  return withWindow(options.domainSize, micro, steps, window);
}

/** The mechanism with a grid and a window of one's own; for tests. */
export function withWindow(domainSize: number, micro: number, steps: number, window: number): PiecewiseParams {
  const keep = keepOf(expBelow(BigInt(micro), BigInt(MICRO)), steps, window);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize,
    reportBytes: 1,
    clamp: domainSize - 1,
    steps,
    window,
    outputs: steps + window,
    keep: threshold((ONE * keep.numerator) / keep.denominator),
  });
}

export const randomizer: Client<PiecewiseParams, PiecewiseReport> = {
  randomize(p, value, source) {
    checkValue(value, p.domainSize);
    // Where places are the counts themselves nobody rounds.
    const up = p.steps === p.clamp ? 0 : uniformInt(source, p.clamp);
    return keepOr(source, p.keep, p.outputs, placeOf(p, value, up) + uniformInt(source, p.window));
  },
  encode: encodeSymbol,
};

export const client: IndexClient<PiecewiseParams, PiecewiseReport> = /* @__PURE__ */ withParams(ID, randomizer, params);

/**
 * Variance of one report of a value v.
 * @param square - expected square of the distance of the rounded count from clamp/2: (v - clamp/2)^2 + rounding
 */
function varianceAt(keep: number, noise: number, square: number, rounding: number): number {
  return noise + (1 / keep - 1) * square + rounding;
}

/** The mean of that square over the clients: unbiased, then moved to where it can be. */
function meanSquare(p: PiecewiseParams, { says, noise }: WindowMoments, state: State): number {
  const keep = probability(p.keep);
  const middle = p.clamp / 2;
  let [sum, squares] = [0, 0];
  for (let output = 0; output < says.length; output++) {
    const distance = (says[output] as number) - middle;
    sum += (state.counts[output] as number) * distance;
    squares += (state.counts[output] as number) * distance ** 2;
  }
  const ofMean = Math.min((sum / state.n) ** 2, middle ** 2);
  return Math.min(middle ** 2, Math.max(ofMean, keep * (squares / state.n - noise)));
}

export const aggregator: FrequencyAggregator<PiecewiseParams, PiecewiseReport> = {
  id: ID,
  decode: (p, bytes) => decodeSymbol(p, p.outputs, bytes),
  empty: (p) => emptyState(p, p.outputs),
  accumulate: countSymbol,
  accumulateAll: (p, state, bytes) => countSymbols(p, p.outputs, state, bytes),
  merge: (_params, state, other) => mergeStates(state, other),
  isDistribution: false,
  quantities(p) {
    const { says } = windowMoments(p, probability(p.keep));
    return [{ name: 'mean', weights: (value) => value, reach: extremes(says) }];
  },
  estimate(p, state, confidence = 0.95) {
    checkState(p, state);
    const keep = probability(p.keep);
    const moments = windowMoments(p, keep);
    const { n, counts } = state;
    const { says, noise } = moments;
    const at = (square: number) => varianceAt(keep, noise, square, mostRounding(p));
    const worst = at((p.clamp / 2) ** 2);
    const variance = at(meanSquare(p, moments, state));
    return [estimateMean({ says, counts, n, most: p.clamp, steps: p.steps, variance, worst }, confidence)];
  },
  variance(p, shares, answers) {
    const keep = probability(p.keep);
    const { noise } = windowMoments(p, keep);
    let sum = 0;
    for (let value = 0; value < p.domainSize; value++) {
      const rounding = roundingOf(p, value);
      sum += (shares[value] as number) * varianceAt(keep, noise, (value - p.clamp / 2) ** 2 + rounding, rounding);
    }
    return Float64Array.of(sum / answers);
  },
};

/** Numerator of P[output | place] over w N 2^64, times `clamp` for a place that is `inside` out of clamp in its window. */
function mass(p: PiecewiseParams, inside: number): bigint {
  const keep = numerator(p.keep);
  return BigInt(p.clamp) * BigInt(p.window) * (ONE - keep) + BigInt(inside) * BigInt(p.outputs) * keep;
}

export const channel: Channel<PiecewiseParams, PiecewiseReport> = {
  id: ID,
  likelihood: (p, value, report) =>
    ratio(mass(p, insideOutOfClamp(p, value, report)), BigInt(p.clamp) * BigInt(p.window) * BigInt(p.outputs) * ONE),
  reports: (p) => Array.from({ length: p.outputs }, (_, report) => report),
  effectiveEpsilon: (p) => lnAbove(mass(p, p.clamp), mass(p, 0)),
};
