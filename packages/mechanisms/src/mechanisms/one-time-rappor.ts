/**
 * One-time RAPPOR: a text's Bloom filter through one randomized response.
 *
 * Citation: Erlingsson, Pihur, Korolova 2014, section 2.3 ("one-time RAPPOR") for the form; the chances of a bit are those of
 * Wang, Blocki, Li, Jha 2017, section 4.3 (optimized unary encoding).
 * Guarantee: epsilon per report. A text's own h bits are fair coins, every other is set with q = 1/(e^(epsilon/h) + 1);
 * two texts, or a text and none, differ in h bits at most each way: h ln( p(1-q) / (q(1-p)) ) with p = 1/2.
 * Estimator: least squares over candidates (`estimate/text/decode.ts`); a rare text's variance times n with k bits:
 * q(1-q) / ((1/2-q)^2 h (1 - h/k)) = 4 e^(epsilon/h) / ((e^(epsilon/h) - 1)^2 h (1 - h/k)), a little more the more
 * installations have a text (`_bloom.ts`). The symmetric form has e^(epsilon/2h) / ((e^(epsilon/2h) - 1)^2 h (1 - h/k)).
 * For one hash and many bits that is 3.68 against 3.92 at epsilon 1, 0.724 against 0.921 at 2, 0.076 against 0.181 at 4.
 * Two hashes double it: 7.84 at epsilon 1.
 * Report: the cohort in a byte (two beyond 256 cohorts), then k bits.
 * Use when: texts are events, each with its own report, such as crash signatures.
 * Not when: a text stays the same and is reported again and again (`rappor`), or all texts are known beforehand (GRR, OUE).
 */

import { isSet } from '../encode/bits.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { flipAbove, ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import type { Channel, Client, TextAggregator, TextClient, TextShape } from '../mechanism.js';
import { numerator, probability } from '../random/bernoulli.js';
import { type BitChannel, type BitRandomizer, bitChannel, randomizeBits } from '../random/lanes.js';
import { uniformInt } from '../random/uniform-int.js';
import { numerators, outcome } from './_bits.js';
import {
  type BloomParams,
  bloomAggregator,
  checkShape,
  encodeReport,
  everyReport,
  productOverBits,
  randomizeText,
  reportLength,
  type TextReport,
} from './_bloom.js';
import { bulkClient } from './_client.js';

export interface OneTimeRapporParams extends BloomParams {
  /** Chance that a bit of a report is set: where the text sets it, and where not. */
  readonly channel: BitChannel;
}

const ID = 'one-time-rappor';
/** 10 bits. More would leave each too few reports to tell its bits apart. */
const MAX_COHORTS = 1024;

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.bits - k, 2 hashes to 1024
 * @param options.hashes - h, 1 to 4; one is usually best, as epsilon is divided among them (`advise.ts`)
 * @param options.cohorts - m, 1 to 1024, drawn afresh for each report
 * @returns `channel`: `set` = 1/2 and `unset` = 1/(e^(epsilon/h) + 1), rounded up by at most a ten-thousandth of epsilon
 * @throws MechanismError `epsilon-out-of-range`, `option-invalid`
 */
export function params(options: TextShape & { epsilon: number }): OneTimeRapporParams {
  const { bits, hashes, cohorts } = options;
  const micro = microEpsilon(options.epsilon);
  checkShape({ bits, hashes, cohorts }, MAX_COHORTS);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    reportBytes: reportLength({ bits, hashes, cohorts }),
    bits,
    hashes,
    cohorts,
    channel: bitChannel(ONE / 2n, flipAbove(BigInt(micro), BigInt(hashes * MICRO))),
  });
}

function randomizerBy(pass: BitRandomizer): Client<OneTimeRapporParams, TextReport, string> {
  return {
    randomize: (p, text, source, _draw, reuse) =>
      randomizeText(pass, p, text, uniformInt(source, p.cohorts), p.channel, source, reuse?.filter),
    encode: encodeReport,
  };
}

export const randomizer = /* @__PURE__ */ randomizerBy(randomizeBits);

export const client: TextClient<OneTimeRapporParams, TextReport> = /* @__PURE__ */ bulkClient(ID, randomizerBy, params);

export const aggregator: TextAggregator<OneTimeRapporParams, TextReport> = /* @__PURE__ */ bloomAggregator(
  ID,
  ({ channel: { set, unset } }) => ({ set: probability(set), unset: probability(unset) }),
);

export const channel: Channel<OneTimeRapporParams, TextReport, string> = {
  id: ID,
  likelihood(p, text, { cohort, filter }) {
    const mass = numerators(p.channel);
    return productOverBits(p, text, cohort, (bit, isOwn) => outcome(isOwn ? mass.set : mass.unset, isSet(filter, bit)));
  },
  reports: everyReport,
  effectiveEpsilon({ hashes, channel: { unset } }) {
    const [q, h] = [numerator(unset), BigInt(hashes)];
    return lnAbove((ONE - q) ** h, q ** h);
  },
};
