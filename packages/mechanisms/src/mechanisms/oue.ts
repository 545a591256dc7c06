/**
 * OUE: optimized unary encoding.
 *
 * Citation: Wang, Blocki, Li, Jha 2017, "Locally differentially private protocols for frequency estimation",
 * section 4.3.
 * Guarantee: epsilon per report. The own bit is a fair coin; every other bit is set with q = 1/(e^epsilon + 1).
 * Estimator: support counts; rare-value variance times n: 4 e^epsilon / (e^epsilon - 1)^2, whatever the domain size.
 * Report: domainSize bits.
 * Use when: the domain has more than about 3 e^epsilon + 2 values and domainSize bits can be afforded.
 * Not when: the domain is smaller (GRR), or upload must be small.
 */
import { checkInteger } from '../check.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { flipAbove, ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { numerator } from '../random/bernoulli.js';
import { bitChannel } from '../random/lanes.js';
import { bulkClient } from './_client.js';
import { MAX_UNARY_DOMAIN, type UnaryParams, unaryAggregator, unaryChannel, unaryRandomizer } from './_unary.js';

const ID = 'oue';

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - 2 to 2^20
 * @returns `bits`: p = `set` = 1/2 and q = `unset` = 1/(e^epsilon + 1), rounded up by at most a ten-thousandth of epsilon
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): UnaryParams {
  const micro = microEpsilon(options.epsilon);
  checkInteger('domain-size-out-of-range', 'domainSize', options.domainSize, 2, MAX_UNARY_DOMAIN);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: Math.ceil(options.domainSize / 8),
    bits: bitChannel(ONE / 2n, flipAbove(BigInt(micro), BigInt(MICRO))),
  });
}

export const randomizer = /* @__PURE__ */ unaryRandomizer();
export const client = /* @__PURE__ */ bulkClient(ID, unaryRandomizer, params);
export const aggregator = /* @__PURE__ */ unaryAggregator(ID);

/** Two values differ in two bits; with p = 1/2 the worst report gives (1-q)/q. */
export const channel = /* @__PURE__ */ unaryChannel(ID, ({ bits }) => {
  const q = numerator(bits.unset);
  return lnAbove(ONE - q, q);
});
