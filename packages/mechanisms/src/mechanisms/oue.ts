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
import { expBelow, SCALE } from '../exact/exponential.js';
import { lnAbove } from '../exact/logarithm.js';
import { numerator, threshold } from '../random/bernoulli.js';
import { MAX_UNARY_DOMAIN, type UnaryParams, unaryAggregator, unaryChannel, unaryClient } from './_unary.js';

const ONE = 1n << 64n;
const ID = 'oue';

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - 2 to 65,536
 * @returns p = `keep` = 1/2 and q = `other` = 1/(e^epsilon + 1) rounded up to a multiple of 2^-64
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): UnaryParams {
  const micro = microEpsilon(options.epsilon);
  checkInteger('domain-size-out-of-range', 'domainSize', options.domainSize, 2, MAX_UNARY_DOMAIN);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: Math.ceil(options.domainSize / 8),
    keep: threshold(ONE / 2n),
    other: threshold((ONE * SCALE) / (e + SCALE) + 1n),
  });
}

export const client = /* @__PURE__ */ unaryClient(ID, params);
export const aggregator = /* @__PURE__ */ unaryAggregator(ID, params);

/** Two values differ in two bits; with p = 1/2 the worst report gives (1-q)/q. */
export const channel = /* @__PURE__ */ unaryChannel(ID, ({ other }) => {
  const q = numerator(other);
  return lnAbove(ONE - q, q);
});
