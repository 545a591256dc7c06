/**
 * GRR: generalized (k-ary) randomized response.
 *
 * Citation: Warner 1965; for k values Kairouz, Bonawitz, Ramage 2016, "Discrete distribution estimation under
 * local privacy", section 3.1.
 * Guarantee: epsilon per report. With probability `keep` the report is the value, otherwise a uniform one of all k:
 * the truth has p = keep + (1-keep)/k, every other value q = (1-keep)/k, and p/q <= e^epsilon.
 * Estimator: support counts; rare-value variance times n: (e^epsilon + k - 2) / (e^epsilon - 1)^2.
 * Report: log2 k bits, in whole bytes.
 * Use when: the domain has fewer than about 3 e^epsilon + 2 values: there it beats OUE, and is the simplest.
 * Not when: it has more, as the variance grows with k (OUE); or near that many, where subset selection has up to 1.4 times less.
 */
import { checkInteger, checkValue } from '../check.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient, IndexParams } from '../mechanism.js';
import { numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { keepOr } from '../random/keep-or.js';
import { withParams } from './_client.js';
import { frequencyAggregator } from './_frequency.js';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol, symbolBytes } from './_symbols.js';

export interface GrrParams extends IndexParams {
  readonly keep: Threshold;
}

/** The value reported. */
export type GrrReport = number;

const ID = 'grr';
const MAX_DOMAIN = 1_048_576;

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - k, 2 to 2^20
 * @returns `keep` = (E-1)/(E+k-1) rounded down to a multiple of 2^-64, E = e^epsilon
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): GrrParams {
  const micro = microEpsilon(options.epsilon);
  checkInteger('domain-size-out-of-range', 'domainSize', options.domainSize, 2, MAX_DOMAIN);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  const k = BigInt(options.domainSize);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: symbolBytes(options.domainSize),
    keep: threshold((ONE * (e - SCALE)) / (e + (k - 1n) * SCALE)),
  });
}

export const randomizer: Client<GrrParams, GrrReport> = {
  randomize(p, value, source) {
    checkValue(value, p.domainSize);
    return keepOr(source, p.keep, p.domainSize, value);
  },
  encode: encodeSymbol,
};

export const client: IndexClient<GrrParams, GrrReport> = /* @__PURE__ */ withParams(ID, randomizer, params);

export const aggregator: FrequencyAggregator<GrrParams, GrrReport> = /* @__PURE__ */ frequencyAggregator({
  id: ID,
  decode: (p, bytes) => decodeSymbol(p, p.domainSize, bytes),
  accumulate: countSymbol,
  accumulateAll: (p, state, bytes) => countSymbols(p, p.domainSize, state, bytes),
  support(p: GrrParams) {
    const keep = probability(p.keep);
    const q = (1 - keep) / p.domainSize;
    return { p: keep + q, q };
  },
});

/** Numerator of P[report | value] over k 2^64. */
function mass(p: GrrParams, isTruth: boolean): bigint {
  const keep = numerator(p.keep);
  return ONE - keep + (isTruth ? BigInt(p.domainSize) * keep : 0n);
}

export const channel: Channel<GrrParams, GrrReport> = {
  id: ID,
  likelihood: (p, value, report) => ratio(mass(p, value === report), BigInt(p.domainSize) * ONE),
  reports: (p) => Array.from({ length: p.domainSize }, (_, report) => report),
  effectiveEpsilon: (p) => lnAbove(mass(p, true), mass(p, false)),
};
