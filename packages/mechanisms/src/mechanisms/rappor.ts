/**
 * RAPPOR: a text's Bloom filter through two randomized responses, latched.
 *
 * Citation: Erlingsson, Pihur, Korolova 2014, "RAPPOR: randomized aggregatable privacy-preserving ordinal response",
 * section 2 (the two stages), 3 (their epsilons). Two things differ: a text sets exactly h bits in each cohort, and the
 * permanent response is drawn with fresh coins once an epoch and stored, where the paper keeps one for each value.
 * Guarantee: epsilonFirst for one report, epsilonInfinity for whatever is sent of one stored filter, `microEpoch` for any
 * number of reports between. The permanent response keeps a bit with probability p1 where it is set and sets it with q1
 * where it is not; the instantaneous one sets it with p2 and q2. Two texts, or a text and none, differ in h bits
 * at most each way, so
 *   one report:  h ln( p(1-q) / (q(1-p)) ), p = p1 p2 + (1-p1) q2, q = q1 p2 + (1-q1) q2;
 *   r reports:   h ln( (p1 c + 1-p1) / (q1 c + 1-q1) ) + h ln( ((1-q1) d + q1) / ((1-p1) d + p1) ),
 *                c = (p2/q2)^r, d = ((1-q2)/(1-p2))^r, the worst being bits that always come out set, or never;
 *   any number:  h ln( p1(1-q1) / (q1(1-p1)) ).
 * Estimator: least squares over candidates (`estimate/text/decode.ts`); a rare text's variance times n with k bits:
 * q(1-q) / ((p-q)^2 h (1 - h/k)), a little more the more installations have a text (`_bloom.ts`).
 * Report: the cohort in a byte (two beyond 256 cohorts), then k bits.
 * Use when: a text stays the same for long and is reported again and again, such as a homepage.
 * Not when: it is an event (`one-time-rappor`), or the texts are known beforehand (GRR, OUE).
 */
import { checkIsValue, checkValue } from '../check.js';
import { isSet } from '../encode/bits.js';
import { COHORT_DRAWS } from '../encode/cohort-hash.js';
import { MechanismError } from '../errors.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { plus, type Ratio, ratio, times } from '../exact/ratio.js';
import type {
  Channel,
  LatchedClient,
  LatchedParams,
  LatchedTextClient,
  TextAggregator,
  TextShape,
} from '../mechanism.js';
import { probability } from '../random/bernoulli.js';
import { type BitChannel, type BitRandomizer, bitChannel, randomizeBits } from '../random/lanes.js';
import { type Bit, numerators, outcome, twice } from './_bits.js';
import {
  bloomAggregator,
  checkShape,
  cohortBytes,
  cohortOf,
  emptyFilter,
  encodeReport,
  everyReport,
  isReport,
  productOverBits,
  randomizeText,
  reportLength,
  type TextReport,
} from './_bloom.js';
import { bulkClient } from './_client.js';
import { bitCharges, checkEpoch, microAbove, microEpoch, microStages, symmetricStages } from './_epoch.js';

export interface RapporParams extends LatchedParams, TextShape {
  /** Chance that a bit of the stored filter is set: where the text sets it, and where not. */
  readonly permanent: BitChannel;
  /** Chance that a bit of a report is set: where the stored filter has it set, and where not. */
  readonly instantaneous: BitChannel;
}

const ID = 'rappor';

/** Beyond it, published settings have none. */
const MAX_COHORTS = 1024;
type Shape = TextShape & { readonly reports: number };

/**
 * Both stages symmetric: a set bit is as likely to be lost as another to be set.
 *
 * @param options.epsilonFirst - of one report, 0.000001 to 16, at most six decimals
 * @param options.epsilonInfinity - of all reports of one epoch, the same, larger than epsilonFirst
 * @param options.reports - reports of an epoch, 2 to 366; a single one needs no second stage
 * @param options.bits - k, 2 hashes to 1024
 * @param options.hashes - h, 1 to 4; one is usually best, as epsilon is divided among them (`advise.ts`)
 * @param options.cohorts - m, a power of two from 1 to 64
 * @throws MechanismError `epsilon-out-of-range`, `option-invalid`
 */
export function params(options: Shape & { epsilonFirst: number; epsilonInfinity: number }): RapporParams {
  const { bits, hashes, cohorts, reports } = options;
  const { first, infinity } = microStages(options);
  checkShape({ bits, hashes, cohorts }, COHORT_DRAWS);
  if (COHORT_DRAWS % cohorts !== 0) {
    throw new MechanismError('option-invalid', `cohorts is a power of two up to ${COHORT_DRAWS}`);
  }
  const { lost, flipped } = symmetricStages(first, infinity, 2 * hashes);
  const permanent = { set: ONE - lost, unset: lost };
  const instantaneous = { set: ONE - flipped, unset: flipped };
  return derive({ bits, hashes, cohorts, reports }, permanent, instantaneous, first, infinity);
}

/**
 * Params of a published setting, in the paper's letters; epsilons are computed, and rounded up to millionths.
 *
 * @param options.f - a bit is replaced by a fair coin with this chance, in (0, 1); 0 would be no permanent stage
 * @param options.p - chance that a bit is reported set if it is not set in the stored filter, in (0, q)
 * @param options.q - and if it is, below 1
 * @param options.cohorts - 1 to 1024; what `latch` is given as draw is then uniform over a multiple of it
 * @throws MechanismError `option-invalid`
 */
export function paramsFromProbabilities(options: Shape & { f: number; p: number; q: number }): RapporParams {
  const { f, p, q, bits, hashes, cohorts, reports } = options;
  // The smallest chance of a published setting, and of its opposite: one that rounds to never would cost without end.
  const least = 2 ** -40;
  if (!(f >= least && f < 1)) throw new MechanismError('option-invalid', 'f is between 0 and 1');
  if (!(p >= least && p < q && q <= 1 - least)) throw new MechanismError('option-invalid', '0 < p < q < 1');
  checkShape({ bits, hashes, cohorts }, MAX_COHORTS);
  checkEpoch(reports);
  const lost = massOf(f / 2);
  const permanent = { set: ONE - lost, unset: lost };
  const instantaneous = { set: massOf(q), unset: massOf(p) };
  const first = microAbove(lnAbove(...oneReport(hashes, permanent, instantaneous)));
  const infinity = microAbove(lnAbove(...anyReports(hashes, permanent)));
  return derive({ bits, hashes, cohorts, reports }, permanent, instantaneous, first, infinity);
}

/** The double as a number of 2^-64. */
function massOf(share: number): bigint {
  return BigInt(Math.round(share * 2 ** 53)) << 11n;
}

function derive(
  { bits, hashes, cohorts, reports }: Shape,
  permanent: Bit<bigint>,
  instantaneous: Bit<bigint>,
  microFirst: number,
  microInfinity: number,
): RapporParams {
  const charges = bitCharges(hashes, permanent, instantaneous, reports);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: microFirst,
    microEpoch: microEpoch(charges, microFirst, microInfinity),
    microInfinity,
    reportBytes: reportLength({ bits, hashes, cohorts }),
    bits,
    hashes,
    cohorts,
    permanent: bitChannel(permanent.set, permanent.unset),
    instantaneous: bitChannel(instantaneous.set, instantaneous.unset),
  });
}

function randomizerBy(pass: BitRandomizer): LatchedClient<RapporParams, TextReport, string> {
  return {
    latch(p, text, draw, source) {
      checkValue(draw, 2 ** 32);
      return encodeReport(p, randomizeText(pass, p, text, draw % p.cohorts, p.permanent, source));
    },
    report(p, permanent, source, { filter }: Pick<TextReport, 'filter'> = { filter: emptyFilter(p) }) {
      // What is stored has the layout of a report.
      checkIsValue(isReport(p, permanent));
      filter.set(permanent.subarray(cohortBytes(p)));
      pass(source, p.instantaneous, filter, 0, p.bits);
      return { cohort: cohortOf(p, permanent), filter };
    },
    encode: encodeReport,
  };
}

export const randomizer = /* @__PURE__ */ randomizerBy(randomizeBits);
export const client: LatchedTextClient<RapporParams, TextReport> = /* @__PURE__ */ bulkClient(ID, randomizerBy, params);

export const aggregator: TextAggregator<RapporParams, TextReport> = /* @__PURE__ */ bloomAggregator(ID, (p) => {
  const [p1, q1] = [probability(p.permanent.set), probability(p.permanent.unset)];
  const [p2, q2] = [probability(p.instantaneous.set), probability(p.instantaneous.unset)];
  return {
    set: p1 * p2 + (1 - p1) * q2,
    unset: q1 * p2 + (1 - q1) * q2,
    permanentVariance(share) {
      const stored = q1 + (p1 - q1) * share;
      return (p2 - q2) ** 2 * stored * (1 - stored);
    },
  };
});

/** Numerator and denominator of the largest likelihood ratio of h bits each way, `unit` being certainty. */
function worstRatio(hashes: number, { set, unset }: Bit<bigint>, unit: bigint): [bigint, bigint] {
  const h = BigInt(hashes);
  return [(set * (unit - unset)) ** h, (unset * (unit - set)) ** h];
}

function oneReport(hashes: number, permanent: Bit<bigint>, instantaneous: Bit<bigint>): [bigint, bigint] {
  const both = { set: twice(permanent.set, instantaneous), unset: twice(permanent.unset, instantaneous) };
  return worstRatio(hashes, both, ONE * ONE);
}

function anyReports(hashes: number, permanent: Bit<bigint>): [bigint, bigint] {
  return worstRatio(hashes, permanent, ONE);
}

export const channel: Channel<RapporParams, TextReport, string> = {
  id: ID,
  likelihood: (p, text, report) => repeatsLikelihood(p, text, [report]),
  reports: everyReport,
  effectiveEpsilon: (p) => lnAbove(...oneReport(p.hashes, numerators(p.permanent), numerators(p.instantaneous))),
};

/** The epsilon of whatever is sent of one stored filter, from the integers in use, rounded up. */
export function effectiveInfinity(p: RapporParams): number {
  return lnAbove(...anyReports(p.hashes, numerators(p.permanent)));
}

/** P[what is stored | text], exactly. */
export function permanentLikelihood(p: RapporParams, text: string, permanent: Uint8Array): Ratio {
  checkIsValue(isReport(p, permanent));
  const cohort = cohortOf(p, permanent);
  const filter = permanent.subarray(cohortBytes(p));
  const stage = numerators(p.permanent);
  return productOverBits(p, text, cohort, (bit, isOwn) => outcome(isOwn ? stage.set : stage.unset, isSet(filter, bit)));
}

/**
 * P[all these reports, in this order | text], exactly, all being of one stored filter.
 * @param reports - one or more; zero likelihood if they differ in cohort
 */
export function repeatsLikelihood(p: RapporParams, text: string, reports: readonly TextReport[]): Ratio {
  const [first] = reports;
  if (first === undefined) return ratio(1n, 1n);
  if (reports.some(({ cohort }) => cohort !== first.cohort)) return ratio(0n, 1n);
  const stage = numerators(p.permanent);
  const then = numerators(p.instantaneous);
  return productOverBits(p, text, first.cohort, (bit, isOwn) => {
    const stored = isOwn ? stage.set : stage.unset;
    const each = (mass: bigint) =>
      reports.reduce((product, { filter }) => times(product, outcome(mass, isSet(filter, bit))), ratio(1n, 1n));
    return plus(times(ratio(stored, ONE), each(then.set)), times(ratio(ONE - stored, ONE), each(then.unset)));
  });
}
