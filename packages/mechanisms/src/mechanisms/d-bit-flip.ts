/**
 * dBitFlip: randomized response on a few of the buckets, latched; a report repeats what is stored.
 *
 * Citation: Ding, Kulkarni, Yekhanin 2017, "Collecting telemetry data privately", sections 3.2 (dBitFlip) and 4 (its
 * permanent form). Two things differ: the buckets are those of one of at most 64 public sets, which the draw that all
 * latched metrics of an installation share chooses, where the paper lets each client draw its own; and what is stored
 * is drawn anew each epoch, where the paper keeps a response for each bucket.
 * Guarantee: epsilon for one report and for however many of one epoch, as they are all the same: epsilonFirst and
 * epsilonInfinity are one number. The bit of a bucket of the set says with probability
 * p = e^(epsilon/2)/(e^(epsilon/2)+1) whether the value is in it. Two values differ in two bits of a set at most; it
 * holds for each set by itself.
 * Estimator: of the reports whose set has the bucket, d in k of them: (share of ones - q)/(p - q), q = 1-p; rare-value
 * variance times n: k/d e^(epsilon/2)/(e^(epsilon/2)-1)^2. Further reports of one epoch tell nothing new, and the
 * intervals know it.
 * Report: 6 bits for the set, and d: as many as are needed for every bucket to be in 4 of the sets, 2 at least, then as
 * many as the last byte still holds. One byte up to 32 buckets, two up to 160.
 * Use when: a state in many buckets, such as an amount, is reported again and again, upload is tiny, and there are very
 * many installations.
 * Not when: k bits can be afforded (L-OSUE tells k/d times as much), or there are up to 64 values (LOLOHA).
 */
import { checkInteger, checkIsValue } from '../check.js';
import { flip, isPadded, isSet } from '../encode/bits.js';
import { COHORT_DRAWS } from '../encode/cohort-hash.js';
import { encodeBytes } from '../encode/report-bytes.js';
import { MechanismError } from '../errors.js';
import { estimateSupport } from '../estimate/support.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { type Ratio, ratio, times } from '../exact/ratio.js';
import type {
  Channel,
  Estimate,
  FrequencyAggregator,
  LatchedClient,
  LatchedIndexClient,
  LatchedIndexParams,
  Stages,
} from '../mechanism.js';
import { bernoulli, numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { checkState, emptyState, mergeStates } from '../state.js';
import { outcome } from './_bits.js';
import { withParams } from './_client.js';
import { withAccumulateAll } from './_each.js';
import { checkEpoch, checkLatched } from './_epoch.js';
import { frequencies } from './_frequency.js';
import { sharedBy } from './_two-stage.js';

export interface DBitFlipParams extends LatchedIndexParams {
  /** How many bucket sets there are, a power of two up to 64. */
  readonly sets: number;
  /** d: buckets of a set. */
  readonly sampled: number;
  /** How often a bit is true. */
  readonly truth: Threshold;
}

/** The set in the lowest 6 bits, then a bit for each of its buckets in their order; unused bits zero. */
export type DBitFlipReport = Uint8Array;

const ID = 'd-bit-flip';
const MAX_DOMAIN = 1_048_576;
const SET_BITS = 6;
/** Sets that hold each bucket, at least. */
const LEAST_SETS = 4;

/**
 * @param options.epsilonFirst - of one report, 0.000001 to 16, at most six decimals
 * @param options.epsilonInfinity - of all reports of one epoch: the same
 * @param options.reports - reports of an epoch, 2 to 366
 * @param options.domainSize - k, 2 to 2^20 buckets
 * @returns `truth` rounded down to a multiple of 2^-64
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`, `option-invalid`
 */
export function params(options: Stages & { readonly domainSize: number }): DBitFlipParams {
  const { domainSize, reports } = options;
  checkInteger('domain-size-out-of-range', 'domainSize', domainSize, 2, MAX_DOMAIN);
  const micro = microEpsilon(options.epsilonFirst);
  if (microEpsilon(options.epsilonInfinity) !== micro) {
    throw new MechanismError(
      'epsilon-out-of-range',
      'all reports of an epoch repeat one: epsilonInfinity is epsilonFirst',
    );
  }
  checkEpoch(reports);
  const needed = Math.max(2, Math.ceil((LEAST_SETS * domainSize) / COHORT_DRAWS));
  const reportBytes = Math.ceil((SET_BITS + needed) / 8);
  const e = expBelow(BigInt(micro), 2n * BigInt(MICRO));
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    microEpoch: Object.freeze(new Array<number>(reports).fill(micro)),
    microInfinity: micro,
    domainSize,
    reportBytes,
    // Fewer are enough where buckets are few: with two to a set every bucket is in 4 of them.
    sets: Math.min(COHORT_DRAWS, 2 ** (32 - Math.clz32(2 * domainSize - 1))),
    sampled: Math.min(domainSize, 8 * reportBytes - SET_BITS),
    truth: threshold((ONE * e) / (e + SCALE)),
  });
}

/**
 * Bucket `place` of a set. Laid end to end the sets go round and round through all buckets, so each is in as many of
 * them as every other, but for one.
 */
function bucketOf(p: DBitFlipParams, set: number, place: number): number {
  return (set * p.sampled + place) % p.domainSize;
}

export const randomizer: LatchedClient<DBitFlipParams, DBitFlipReport> = {
  latch(p, value, draw, source) {
    checkLatched(p, value, draw);
    const set = draw % p.sets;
    const report = new Uint8Array(p.reportBytes);
    report[0] = set;
    for (let place = 0; place < p.sampled; place++) {
      const says = bernoulli(source, p.truth) === (bucketOf(p, set, place) === value);
      if (says) flip(report, SET_BITS + place);
    }
    return report;
  },
  report(p, permanent, _source, reuse = new Uint8Array(p.reportBytes)) {
    checkIsValue(isReport(p, permanent));
    reuse.set(permanent);
    return reuse;
  },
  encode: encodeBytes,
};

export const client: LatchedIndexClient<DBitFlipParams, DBitFlipReport> = /* @__PURE__ */ withParams(
  ID,
  randomizer,
  params,
);

function isReport(p: DBitFlipParams, bytes: Uint8Array): boolean {
  return (
    ((bytes[0] as number) & (COHORT_DRAWS - 1)) < p.sets &&
    bytes.length === p.reportBytes &&
    isPadded(bytes, SET_BITS + p.sampled)
  );
}

function decode(p: DBitFlipParams, bytes: Uint8Array): DBitFlipReport {
  if (!isReport(p, bytes)) {
    throw new MechanismError(
      'report-malformed',
      `a bucket set below ${p.sets}, and its bits, in ${p.reportBytes} byte(s)`,
    );
  }
  return bytes.slice();
}

function setOf(report: DBitFlipReport): number {
  return (report[0] as number) & (COHORT_DRAWS - 1);
}

function support({ truth }: DBitFlipParams) {
  const p = probability(truth);
  return { p, q: 1 - p };
}

/** For each bucket how many reports have it in their set, and how many of these say yes. */
export const aggregator: FrequencyAggregator<DBitFlipParams, DBitFlipReport> = /* @__PURE__ */ withAccumulateAll({
  id: ID,
  decode,
  empty: (p) => emptyState(p, 2 * p.domainSize),
  accumulate(p, state, report) {
    const set = setOf(report);
    state.n++;
    for (let place = 0; place < p.sampled; place++) {
      const at = 2 * bucketOf(p, set, place);
      state.counts[at] = (state.counts[at] as number) + 1;
      if (isSet(report, SET_BITS + place)) state.counts[at + 1] = (state.counts[at + 1] as number) + 1;
    }
  },
  merge: (_params, state, other) => mergeStates(state, other),
  isDistribution: true,
  quantities: (p) => frequencies(p.domainSize, support(p)),
  estimate(p, state, confidence = 0.95, repeats = 1) {
    checkState(p, state);
    const { counts, n } = state;
    const known = new Map<string, Estimate>();
    return Array.from({ length: p.domainSize }, (_, bucket) => {
      const [asked, yes] = [counts[2 * bucket] as number, counts[2 * bucket + 1] as number];
      const key = `${asked}/${yes}`;
      // Reports of one epoch are one report.
      const options = { confidence, answered: asked / Math.max(1, n), repeats, shared: sharedBy(support(p), 1) };
      const estimate = known.get(key) ?? estimateSupport(support(p), yes, asked, options);
      known.set(key, estimate);
      return estimate;
    });
  },
  variance(params, shares, answers, reports = answers) {
    const { p, q } = support(params);
    // Answers are those of a sample without replacement: two clients asked are never the same one.
    const apart = reports === 1 ? 1 : (reports - answers) / (reports - 1);
    return Float64Array.from(shares, (share) => {
      const within = share * p * (1 - p) + (1 - share) * q * (1 - q);
      return (within + apart * share * (1 - share) * (p - q) ** 2) / (answers * (p - q) ** 2);
    });
  },
});

export const channel: Channel<DBitFlipParams, DBitFlipReport> = {
  id: ID,
  likelihood(p, value, report) {
    let product = ratio(1n, BigInt(p.sets));
    const truth = numerator(p.truth);
    for (let place = 0; place < p.sampled; place++) {
      const isOwn = bucketOf(p, setOf(report), place) === value;
      product = times(product, outcome(isOwn ? truth : ONE - truth, isSet(report, SET_BITS + place)));
    }
    return product;
  },
  *reports(p) {
    for (let set = 0; set < p.sets; set++) {
      for (let all = 0; all < 2 ** p.sampled; all++) {
        yield Uint8Array.from(
          { length: p.reportBytes },
          (_, i) => Math.floor((all * COHORT_DRAWS + set) / 256 ** i) & 255,
        );
      }
    }
  },
  /** There is a set with two buckets, as each has that many. */
  effectiveEpsilon({ truth }) {
    const yes = numerator(truth);
    return lnAbove(yes ** 2n, (ONE - yes) ** 2n);
  },
};

/** P[what is stored | value], exactly, the draw being uniform: what is stored is the report. */
export function permanentLikelihood(p: DBitFlipParams, value: number, permanent: Uint8Array): Ratio {
  checkIsValue(isReport(p, permanent));
  return channel.likelihood(p, value, permanent);
}

/** P[all these reports, in this order | value], exactly, all being of one stored report: none if they differ. */
export function repeatsLikelihood(p: DBitFlipParams, value: number, reports: readonly DBitFlipReport[]): Ratio {
  const [first] = reports;
  if (first === undefined) return ratio(1n, 1n);
  const isSame = reports.every((report) => report.every((byte, i) => byte === first[i]));
  return isSame ? channel.likelihood(p, value, first) : ratio(0n, 1n);
}
