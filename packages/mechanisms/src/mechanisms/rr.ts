/**
 * Binary randomized response.
 *
 * Citation: Warner 1965, "Randomized response: a survey technique for eliminating evasive answer bias".
 * Guarantee: epsilon per report. The answer is the truth with p = e^epsilon / (e^epsilon + 1), its opposite otherwise.
 * Estimator: share of yes, from the number of yes; variance times n: e^epsilon / (e^epsilon - 1)^2, whatever the truth.
 * Report: 1 bit.
 * Use when: the question is yes or no. No mechanism does better there.
 * Not when: there are three answers or more (GRR, OUE).
 */
import { checkInteger, checkReports, checkValue } from '../check.js';
import { MechanismError } from '../errors.js';
import { estimateSupport } from '../estimate/support.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient, IndexParams } from '../mechanism.js';
import { bernoulli, numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { checkState, emptyState, mergeStates } from '../state.js';
import { withParams } from './_client.js';
import { supportReach } from './_frequency.js';
import { decodeSymbol } from './_symbols.js';

export interface RrParams extends IndexParams {
  readonly truth: Threshold;
}

/** 0 for no, 1 for yes. */
export type RrReport = number;

const ID = 'rr';

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - 2
 * @returns p = `truth` = E/(E+1) rounded down to a multiple of 2^-64, E = e^epsilon; q = 1 - p
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): RrParams {
  const micro = microEpsilon(options.epsilon);
  checkInteger('domain-size-out-of-range', 'domainSize', options.domainSize, 2, 2);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: 2,
    reportBytes: 1,
    truth: threshold((ONE * e) / (e + SCALE)),
  });
}

export const randomizer: Client<RrParams, RrReport> = {
  randomize(p, value, source) {
    checkValue(value, p.domainSize);
    return bernoulli(source, p.truth) ? value : 1 - value;
  },
  encode(_params, report, into = new Uint8Array(1), at = 0) {
    into[at] = report;
    return into;
  },
};

export const client: IndexClient<RrParams, RrReport> = /* @__PURE__ */ withParams(ID, randomizer, params);

function support(p: RrParams) {
  const truth = probability(p.truth);
  return { p: truth, q: 1 - truth };
}

export const aggregator: FrequencyAggregator<RrParams, RrReport> = {
  id: ID,
  decode: (p, bytes) => decodeSymbol(p, 2, bytes),
  empty: (p) => emptyState(p, 1),
  accumulate(_params, state, report) {
    state.n++;
    state.counts[0] = (state.counts[0] as number) + report;
  },
  accumulateAll(_params, state, bytes) {
    const reports = checkReports(bytes, 1);
    let yes = 0;
    for (const byte of bytes) {
      if (byte > 1) throw new MechanismError('report-malformed', 'the answer is 0 or 1');
      yes += byte;
    }
    state.n += reports;
    state.counts[0] = (state.counts[0] as number) + yes;
  },
  merge: (_params, state, other) => mergeStates(state, other),
  isDistribution: false,
  quantities: (p) => [{ name: 'frequency', index: 1, weights: (value) => value, reach: supportReach(support(p)) }],
  estimate(p, state, confidence = 0.95) {
    checkState(p, state);
    return [estimateSupport(support(p), state.counts[0] as number, state.n, { confidence })];
  },
  variance(params, _shares, n) {
    const { p, q } = support(params);
    return Float64Array.of((p * q) / (n * (p - q) ** 2));
  },
};

export const channel: Channel<RrParams, RrReport> = {
  id: ID,
  likelihood: (p, value, report) => ratio(value === report ? numerator(p.truth) : ONE - numerator(p.truth), ONE),
  reports: () => [0, 1],
  effectiveEpsilon: (p) => lnAbove(numerator(p.truth), ONE - numerator(p.truth)),
};
