/**
 * L-OSUE: optimized, then symmetric unary encoding, latched.
 *
 * Citation: Arcolezi, Couchot, Al Bouna, Xiao 2022, "Improving the utility of locally differentially private protocols
 * for longitudinal and multidimensional frequency estimates". What is stored is drawn anew each epoch, where the paper
 * keeps one for each value.
 * Guarantee: epsilonFirst for one report, epsilonInfinity for whatever is sent of one stored value, `microEpoch` for
 * any number of reports between. The permanent response is that of OUE: the own bit a fair coin, every other set with
 * q1 = 1/(A+1), A = e^epsilonInfinity. The instantaneous one flips each bit with chance f = (1/(B+1) - q1)/(1 - 2 q1),
 * B = e^epsilonFirst, so that one report is a report of OUE at epsilonFirst. Two values differ in two bits, so r
 * reports cost ln( ((1-q1) c + q1) / (q1 c + 1-q1) ), c = ((1-f)/f)^r.
 * Estimator: support counts; rare-value variance times n: 4B/(B-1)^2, whatever the domain size. Reports of one epoch
 * share the permanent response, whose part is not divided.
 * Report: domainSize bits.
 * Use when: a state with more than about 3B + 2 values is reported several times an epoch.
 * Not when: it has fewer values (L-GRR); upload must be small (LOLOHA); it is reported once an epoch, or is an event
 * (OUE).
 */
import { checkInteger, checkIsValue } from '../check.js';
import { isPadded, isSet } from '../encode/bits.js';
import { encodeBytes } from '../encode/report-bytes.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { plus, type Ratio, ratio, times } from '../exact/ratio.js';
import type {
  Channel,
  FrequencyAggregator,
  LatchedClient,
  LatchedIndexClient,
  LatchedIndexParams,
  Stages,
} from '../mechanism.js';
import { probability } from '../random/bernoulli.js';
import { type BitChannel, type BitRandomizer, bitChannel, randomizeBits, randomizeOne } from '../random/lanes.js';
import { numerators, outcome, twice } from './_bits.js';
import { bulkClient } from './_client.js';
import { bitCharges, checkLatched, microEpoch, microStages, symmetricStages } from './_epoch.js';
import { frequencyAggregator } from './_frequency.js';
import { sharedBy } from './_two-stage.js';
import {
  countAllUnary,
  countUnary,
  decodeUnary,
  everyUnaryReport,
  MAX_UNARY_DOMAIN,
  productOverValues,
} from './_unary.js';

export interface LOsueParams extends LatchedIndexParams {
  /** Chance that a bit of what is stored is set: the client's own, and another. */
  readonly permanent: BitChannel;
  /** Chance that a bit of a report is set: where it is stored as set, and where not. */
  readonly instantaneous: BitChannel;
}

/** Bit i is bit i & 7 of byte i >> 3; unused bits zero. */
export type LOsueReport = Uint8Array;

const ID = 'l-osue';

/**
 * @param options.epsilonFirst - of one report, 0.000001 to 16, at most six decimals
 * @param options.epsilonInfinity - of all reports of one epoch, the same, larger than epsilonFirst
 * @param options.reports - reports of an epoch, 2 to 366
 * @param options.domainSize - 2 to 2^20
 * @returns `permanent` and `instantaneous`, each rounded up to few binary digits, for a ten-thousandth of epsilon at most
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`, `option-invalid`
 */
export function params(options: Stages & { readonly domainSize: number }): LOsueParams {
  const { first, infinity } = microStages(options);
  const { domainSize, reports } = options;
  checkInteger('domain-size-out-of-range', 'domainSize', domainSize, 2, MAX_UNARY_DOMAIN);
  // One half is lost or not as often, so only the bits of other values have a first stage to speak of.
  const { lost, flipped } = symmetricStages(first, infinity, 1);
  const permanent = { set: ONE / 2n, unset: lost };
  const instantaneous = { set: ONE - flipped, unset: flipped };
  return Object.freeze({
    mechanism: ID,
    microEpsilon: first,
    microEpoch: microEpoch(bitCharges(1, permanent, instantaneous, reports), first, infinity),
    microInfinity: infinity,
    domainSize,
    reportBytes: Math.ceil(domainSize / 8),
    permanent: bitChannel(permanent.set, permanent.unset),
    instantaneous: bitChannel(instantaneous.set, instantaneous.unset),
  });
}

function isStored(p: LOsueParams, bytes: Uint8Array): boolean {
  return bytes.length === p.reportBytes && isPadded(bytes, p.domainSize);
}

function randomizerBy(pass: BitRandomizer): LatchedClient<LOsueParams, LOsueReport> {
  return {
    latch(p, value, draw, source) {
      checkLatched(p, value, draw);
      return randomizeOne(pass, source, p.permanent, new Uint8Array(p.reportBytes), 0, p.domainSize, value);
    },
    report(p, permanent, source, reuse = new Uint8Array(p.reportBytes)) {
      checkIsValue(isStored(p, permanent));
      reuse.set(permanent);
      pass(source, p.instantaneous, reuse, 0, p.domainSize);
      return reuse;
    },
    encode: encodeBytes,
  };
}

export const randomizer = /* @__PURE__ */ randomizerBy(randomizeBits);

export const client: LatchedIndexClient<LOsueParams, LOsueReport> = /* @__PURE__ */ bulkClient(
  ID,
  randomizerBy,
  params,
);

export const aggregator: FrequencyAggregator<LOsueParams, LOsueReport> = /* @__PURE__ */ frequencyAggregator({
  id: ID,
  decode: decodeUnary,
  accumulate: countUnary,
  accumulateAll: countAllUnary,
  support(p: LOsueParams) {
    const kept = probability(p.instantaneous.set) - probability(p.instantaneous.unset);
    const chance = (stored: number) => probability(p.instantaneous.unset) + stored * kept;
    return { p: chance(probability(p.permanent.set)), q: chance(probability(p.permanent.unset)) };
  },
  shared({ permanent, instantaneous }) {
    const kept = probability(instantaneous.set) - probability(instantaneous.unset);
    return sharedBy({ p: probability(permanent.set), q: probability(permanent.unset) }, kept);
  },
});

/** Chances, in units of 2^-128, that a bit of a report is set: the client's own, and another. */
function bothStages(p: LOsueParams): { readonly set: bigint; readonly unset: bigint } {
  const [permanent, instantaneous] = [numerators(p.permanent), numerators(p.instantaneous)];
  return { set: twice(permanent.set, instantaneous), unset: twice(permanent.unset, instantaneous) };
}

export const channel: Channel<LOsueParams, LOsueReport> = {
  id: ID,
  likelihood: (p, value, report) => repeatsLikelihood(p, value, [report]),
  reports: everyUnaryReport,
  effectiveEpsilon(p) {
    const { set, unset } = bothStages(p);
    return lnAbove(set * (ONE * ONE - unset), unset * (ONE * ONE - set));
  },
};

/** The epsilon of whatever is sent of one stored value, from the integers in use, rounded up. */
export function effectiveInfinity(p: LOsueParams): number {
  const { set, unset } = numerators(p.permanent);
  return lnAbove(set * (ONE - unset), unset * (ONE - set));
}

/** P[what is stored | value], exactly. */
export function permanentLikelihood(p: LOsueParams, value: number, permanent: Uint8Array): Ratio {
  checkIsValue(isStored(p, permanent));
  const { set, unset } = numerators(p.permanent);
  return productOverValues(p, value, (bit, isOwn) => outcome(isOwn ? set : unset, isSet(permanent, bit)));
}

/** P[all these reports, in this order | value], exactly, all being of one stored value. */
export function repeatsLikelihood(p: LOsueParams, value: number, reports: readonly LOsueReport[]): Ratio {
  const [permanent, then] = [numerators(p.permanent), numerators(p.instantaneous)];
  return productOverValues(p, value, (bit, isOwn) => {
    const mass = isOwn ? permanent.set : permanent.unset;
    const each = (chance: bigint) =>
      reports.reduce((product, bits) => times(product, outcome(chance, isSet(bits, bit))), ratio(1n, 1n));
    return plus(times(ratio(mass, ONE), each(then.set)), times(ratio(ONE - mass, ONE), each(then.unset)));
  });
}
