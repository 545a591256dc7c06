/**
 * Hybrid: the mean of a clamped count, by Piecewise or Duchi, as a coin decides.
 *
 * Citation: Wang, Xiao, Yang, Zhao, Hui, Shin, Shin, Yu 2019, "Collecting and analyzing multidimensional data with local
 * differential privacy", section III-C (Hybrid Mechanism). The grid and the window are ours; the coin is theirs,
 * 1 - e^(-epsilon/2), for their window.
 * Guarantee: epsilon per report. A coin that sees no value picks one of two mechanisms of epsilon each, and shows in the
 * report: with probability `keep` the window mechanism (`piecewise`) on m = clamp or at most 127 steps, which answers from
 * its window with probability `keep` again; otherwise one bit (`duchi`).
 * Estimator: the mean of what the reports say, exactly unbiased. Piecewise errs more at the ends and Duchi in the middle;
 * with this coin the variance is the same for every population, V = noise keep + (1-keep)(clamp/2 (E+1)/(E-1))^2, save the
 * rounding: V is exact up to (clamp/2m)^2. The window is that of least V; where Duchi alone is better, below epsilon .6,
 * m is 1, which makes both parts Duchi, and V its worst case.
 * Report: log2 (N + 2) bits, in one byte; N = m + w.
 * Use when: the mean of a count is wanted, whatever the counts: the least worst case of the three at every epsilon.
 * Not when: epsilon is above 2 and counts are known to be nearly all at one end (duchi) or in the middle (piecewise); or
 * the shape is wanted (square-wave, tree).
 */
import { checkValue } from '../check.js';
import { estimateMean, extremes } from '../estimate/mean.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { compare, plus, type Ratio, ratio, toNumber } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient } from '../mechanism.js';
import { numerator, type Threshold, threshold } from '../random/bernoulli.js';
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
  type WindowParams,
  windowMoments,
} from './_window.js';

/** One draw below 2^64 decides: the first of these that it is below, or none. */
export interface HybridParams extends WindowParams {
  /** From the window. */
  readonly inside: Threshold;
  /** Any output. */
  readonly anywhere: Threshold;
  /** The bit as it is; otherwise its opposite. */
  readonly truth: Threshold;
}

/** An output of the window mechanism, 0 to N-1; or N plus a bit. */
export type HybridReport = number;

const ID = 'hybrid';

/** Twelve times V, in squared steps. */
function costOf(e: bigint, steps: number, window: number): Ratio {
  const [m, w, outputs] = [BigInt(steps), BigInt(window), BigInt(steps + window)];
  const keep = keepOf(e, steps, window);
  const scatter = plus(ratio(w * w - 1n, 1n), ratio((outputs * outputs - 1n) * outputs * SCALE, keep.numerator));
  const [plusOne, lessOne] = [e + SCALE, e - SCALE];
  const bit = ratio(3n * m * m * outputs * SCALE * plusOne * plusOne, keep.denominator * lessOne * lessOne);
  return plus(scatter, bit);
}

/** The grid and window of least worst case: of up to 127 steps, or of one. */
function gridOf(e: bigint, clamp: number): { steps: number; window: number } {
  const steps = Math.min(clamp, MOST_STEPS);
  const { window, cost } = bestWindow(steps, (w) => costOf(e, steps, w));
  const rounded = plus(cost, ratio(steps === clamp ? 0n : 3n, 1n));
  const [m, plusOne, lessOne] = [BigInt(steps), e + SCALE, e - SCALE];
  const duchi = ratio(3n * m * m * plusOne * plusOne, lessOne * lessOne);
  return compare(rounded, duchi) < 0 ? { steps, window } : { steps: 1, window: 1 };
}

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - clamp + 1: values are the counts 0 .. clamp; clamp is 1 to 2^20
 * @returns of 2^64 draws keep = (E-1) w / (N + (E-1) w) pick the window mechanism, keep of these its window, and E/(E+1)
 *   of the others leave the bit, each rounded down; E = e^epsilon
 * @throws MechanismError `epsilon-out-of-range`, `clamp-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): HybridParams {
  const micro = microEpsilon(options.epsilon);
  const clamp = clampOf(options.domainSize);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  const { steps, window } = gridOf(e, clamp);
  const keep = keepOf(e, steps, window);
  const anywhere = (ONE * keep.numerator) / keep.denominator;
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: 1,
    clamp,
    steps,
    window,
    outputs: steps + window,
    inside: threshold((anywhere * keep.numerator) / keep.denominator),
    anywhere: threshold(anywhere),
    truth: threshold(anywhere + ((ONE - anywhere) * e) / (e + SCALE)),
  });
}

export const randomizer: Client<HybridParams, HybridReport> = {
  randomize(p, value, source) {
    checkValue(value, p.domainSize);
    // All are drawn whichever is used: how many words are taken must not tell one from the other.
    const up = uniformInt(source, p.clamp);
    const inWindow = placeOf(p, value, up) + uniformInt(source, p.window);
    const anywhere = uniformInt(source, p.outputs);
    const bit = Number(up < value);
    // How many of the thresholds, in their order, a uniform draw below 2^64 is not below. A second word is read where the first
    // is the upper half of any of them, whatever the value.
    const thresholds = [p.inside, p.anywhere, p.truth];
    const high = source.next();
    const low = thresholds.some((t) => high === t.high) ? source.next() : 0;
    const passed = thresholds.filter((t) => high > t.high || (high === t.high && low >= t.low)).length;
    return [inWindow, anywhere, p.outputs + bit, p.outputs + 1 - bit][passed] as number;
  },
  encode: encodeSymbol,
};

export const client: IndexClient<HybridParams, HybridReport> = /* @__PURE__ */ withParams(ID, randomizer, params);

function symbols(p: HybridParams): number {
  return p.outputs + 2;
}

/** What the reports say, in doubles; sizes in counts, from clamp/2. */
function moments(p: HybridParams) {
  const [inside, anywhere, truth] = [numerator(p.inside), numerator(p.anywhere), numerator(p.truth)];
  const chance = toNumber(ratio(anywhere, ONE));
  const keep = toNumber(ratio(inside, anywhere));
  // p - q of the bit.
  const difference = toNumber(ratio(2n * truth - anywhere - ONE, ONE - anywhere));
  const { says, noise } = windowMoments(p, keep);
  const [middle, far] = [p.clamp / 2, p.clamp / 2 / difference];
  const flat = chance * noise + (1 - chance) * far ** 2;
  return { chance, keep, says: Float64Array.of(...says, middle - far, middle + far), flat };
}

export const aggregator: FrequencyAggregator<HybridParams, HybridReport> = {
  id: ID,
  decode: (p, bytes) => decodeSymbol(p, symbols(p), bytes),
  empty: (p) => emptyState(p, symbols(p)),
  accumulate: countSymbol,
  accumulateAll: (p, state, bytes) => countSymbols(p, symbols(p), state, bytes),
  merge: (_params, state, other) => mergeStates(state, other),
  isDistribution: false,
  quantities: (p) => [{ name: 'mean', weights: (value) => value, reach: extremes(moments(p).says) }],
  estimate(p, state, confidence = 0.95) {
    checkState(p, state);
    const { says, flat } = moments(p);
    const variance = flat + mostRounding(p);
    const { n, counts } = state;
    return [estimateMean({ says, counts, n, most: p.clamp, steps: p.steps, variance, worst: variance }, confidence)];
  },
  variance(p, shares, answers) {
    const { chance, keep, flat } = moments(p);
    let sum = 0;
    for (let value = 0; value < p.domainSize; value++) {
      const square = (value - p.clamp / 2) ** 2;
      sum += (shares[value] as number) * (flat + (chance / keep) * (square + roundingOf(p, value)) - square);
    }
    return Float64Array.of(sum / answers);
  },
};

/** Numerators over 2^64: of an output over w N as well, of a bit not. */
function masses(p: HybridParams) {
  const [inside, anywhere, truth] = [numerator(p.inside), numerator(p.anywhere), numerator(p.truth)];
  const outside = BigInt(p.window) * (anywhere - inside);
  return { outside, more: BigInt(p.outputs) * inside, kept: truth - anywhere, turned: ONE - truth };
}

export const channel: Channel<HybridParams, HybridReport> = {
  id: ID,
  likelihood(p, value, report) {
    const { outside, more, kept, turned } = masses(p);
    const clamp = BigInt(p.clamp);
    if (report < p.outputs) {
      const inside = BigInt(insideOutOfClamp(p, value, report));
      return ratio(clamp * outside + inside * more, clamp * BigInt(p.window) * BigInt(p.outputs) * ONE);
    }
    const same = BigInt(report === p.outputs ? p.clamp - value : value);
    return ratio(same * kept + (clamp - same) * turned, clamp * ONE);
  },
  reports: (p) => Array.from({ length: symbols(p) }, (_, report) => report),
  effectiveEpsilon(p) {
    const { outside, more, kept, turned } = masses(p);
    return Math.max(lnAbove(outside + more, outside), lnAbove(kept, turned));
  },
};
