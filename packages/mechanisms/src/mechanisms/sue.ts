/**
 * SUE: symmetric unary encoding, the one-time form of basic RAPPOR.
 *
 * Citation: Erlingsson, Pihur, Korolova 2014, "RAPPOR", section 3.1 (basic RAPPOR, instantaneous step alone);
 * named SUE by Wang, Blocki, Li, Jha 2017, section 4.2.
 * Guarantee: epsilon per report. Own and other bits are set with p and q = 1 - p, p/q = e^(epsilon/2); two values
 * differ in two bits.
 * Estimator: support counts; rare-value variance times n: e^(epsilon/2) / (e^(epsilon/2) - 1)^2.
 * Report: domainSize bits.
 * Use when: the domain is moderate, and frequent values matter as much as rare ones.
 * Not when: most values are rare (OUE has lower variance there), or upload must be small.
 */
import { checkInteger } from '../check.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { flipAbove, ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { numerator } from '../random/bernoulli.js';
import { bitChannel } from '../random/lanes.js';
import { bulkClient } from './_client.js';
import { MAX_UNARY_DOMAIN, type UnaryParams, unaryAggregator, unaryChannel, unaryRandomizer } from './_unary.js';

const ID = 'sue';

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - 2 to 2^20
 * @returns `bits`: q = `unset` = 1/(e^(epsilon/2) + 1), rounded up by at most a ten-thousandth of epsilon, and p = `set` = 1 - q
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): UnaryParams {
  const micro = microEpsilon(options.epsilon);
  checkInteger('domain-size-out-of-range', 'domainSize', options.domainSize, 2, MAX_UNARY_DOMAIN);
  const flipped = flipAbove(BigInt(micro), BigInt(2 * MICRO));
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: Math.ceil(options.domainSize / 8),
    bits: bitChannel(ONE - flipped, flipped),
  });
}

export const randomizer = /* @__PURE__ */ unaryRandomizer();
export const client = /* @__PURE__ */ bulkClient(ID, unaryRandomizer, params);
export const aggregator = /* @__PURE__ */ unaryAggregator(ID);

/** Two values differ in two bits, each with likelihood ratio p/q at most: ln (p/q)^2. */
export const channel = /* @__PURE__ */ unaryChannel(ID, ({ bits }) => {
  const p = numerator(bits.set);
  return lnAbove(p * p, (ONE - p) * (ONE - p));
});
