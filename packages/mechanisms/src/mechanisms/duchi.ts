/**
 * Duchi: the mean of a clamped count, from one bit.
 *
 * Citation: Duchi, Jordan, Wainwright 2018, "Minimax optimal procedures for locally private estimation", section 4, for
 * one dimension.
 * Guarantee: epsilon per report. The count is rounded at random to 0 or clamp (up with probability count/clamp), which is
 * preprocessing and costs nothing; the bit passes through binary randomized response.
 * Estimator: clamp (b - q)/(p - q), b the share of ones; variance times n, with t = 2 count/clamp - 1 and half the clamp
 * as unit: ((E+1)/(E-1))^2 - t^2, E = e^epsilon. The standard error uses the bound in which t^2 is that of the mean, for
 * one bit does not tell the spread of the counts; it is generous when counts sit at both ends.
 * Report: 1 bit, in one byte.
 * Use when: only the mean of a count is wanted and epsilon is at most about .6, or nearly all counts are at one end.
 * Not when: epsilon is larger (hybrid): one bit does not tell the spread, so where counts sit at both ends its interval covers
 * all but always and is up to 4 times as wide as need be; or the shares of zero and of the clamp are wanted too (one-bit-mean).
 */
import { checkValue } from '../check.js';
import { estimateSupport, type Support } from '../estimate/support.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient, IndexParams } from '../mechanism.js';
import { bernoulli, numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { uniformInt } from '../random/uniform-int.js';
import { checkState, emptyState, mergeStates } from '../state.js';
import { withParams } from './_client.js';
import { supportReach } from './_frequency.js';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol } from './_symbols.js';
import { clampOf } from './_window.js';

export interface DuchiParams extends IndexParams {
  /** The largest count: values are 0 .. clamp. */
  readonly clamp: number;
  readonly truth: Threshold;
}

/** 0 or 1. */
export type DuchiReport = number;

const ID = 'duchi';

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - clamp + 1: values are the counts 0 .. clamp; clamp is 1 to 2^20
 * @returns p = `truth` = E/(E+1) rounded down to a multiple of 2^-64, E = e^epsilon; q = 1 - p
 * @throws MechanismError `epsilon-out-of-range`, `clamp-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): DuchiParams {
  const micro = microEpsilon(options.epsilon);
  const clamp = clampOf(options.domainSize);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: 1,
    clamp,
    truth: threshold((ONE * e) / (e + SCALE)),
  });
}

export const randomizer: Client<DuchiParams, DuchiReport> = {
  randomize(p, value, source) {
    checkValue(value, p.domainSize);
    const isUp = uniformInt(source, p.clamp) < value;
    return Number(bernoulli(source, p.truth) === isUp);
  },
  encode: encodeSymbol,
};

export const client: IndexClient<DuchiParams, DuchiReport> = /* @__PURE__ */ withParams(ID, randomizer, params);

function support(p: DuchiParams): Support {
  const truth = probability(p.truth);
  return { p: truth, q: 1 - truth };
}

export const aggregator: FrequencyAggregator<DuchiParams, DuchiReport> = {
  id: ID,
  decode: (p, bytes) => decodeSymbol(p, 2, bytes),
  empty: (p) => emptyState(p, 2),
  accumulate: countSymbol,
  accumulateAll: (p, state, bytes) => countSymbols(p, 2, state, bytes),
  merge: (_params, state, other) => mergeStates(state, other),
  isDistribution: false,
  quantities(p) {
    const [least, most] = supportReach(support(p));
    return [{ name: 'mean', weights: (value) => value, reach: [p.clamp * least, p.clamp * most] }];
  },
  estimate(p, state, confidence = 0.95) {
    checkState(p, state);
    // A mean is no share of clients: the spread of the population is not credited.
    const options = { confidence, answered: 0, scale: p.clamp };
    return [estimateSupport(support(p), state.counts[1] as number, state.n, options)];
  },
  variance(params, shares, answers) {
    const { p, q } = support(params);
    let sum = 0;
    for (let value = 0; value < params.domainSize; value++) {
      const pi = q + (value / params.clamp) * (p - q);
      sum += (shares[value] as number) * pi * (1 - pi);
    }
    return Float64Array.of((sum * (params.clamp / (p - q)) ** 2) / answers);
  },
};

export const channel: Channel<DuchiParams, DuchiReport> = {
  id: ID,
  likelihood(p, value, report) {
    const clamp = BigInt(p.clamp);
    const up = BigInt(value);
    const truth = numerator(p.truth);
    const yes = up * truth + (clamp - up) * (ONE - truth);
    return ratio(report === 1 ? yes : clamp * ONE - yes, clamp * ONE);
  },
  reports: () => [0, 1],
  effectiveEpsilon: (p) => lnAbove(numerator(p.truth), ONE - numerator(p.truth)),
};
