/**
 * Subset selection: w of the k values, the own one among them more often than not.
 *
 * Citation: Ye, Barg 2018, "Optimal schemes for discrete distribution estimation under locally differential privacy",
 * section III; Wang et al. 2019, "Local differential private data aggregation for discrete distribution estimation", section 3.
 * Guarantee: epsilon per report. The value is in the subset with p = w E/(w E + k - w), E = e^epsilon; what else is in it is
 * uniform. A subset with a value is (p/(1-p)) (k-w)/w <= E times as likely as one without.
 * Estimator: support counts; q = (p(w-1) + (1-p)w)/(k-1), rare-value variance times n: q(1-q)/(p-q)^2, for large k
 * 4 e^epsilon / (e^epsilon - 1)^2, for smaller ones up to 4% below that at epsilon 2: the least of all for shares of a whole.
 * Report: domainSize bits, exactly w of them set.
 * Use when: the domain has from about e^epsilon to a few thousand values and the last percent of accuracy counts.
 * Not when: it has so few that one of them is sent (then it is GRR), or upload must be small.
 */
import { checkInteger, checkReportLength, checkReports, checkValue } from '../check.js';
import { flip, isPadded, isSet } from '../encode/bits.js';
import { encodeBytes } from '../encode/report-bytes.js';
import { MechanismError } from '../errors.js';
import { addBits, addColumns } from '../estimate/columns.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { compare, type Ratio, ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient, IndexParams } from '../mechanism.js';
import { bernoulli, numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { randomizeBitsInBulk, weightInBulk } from '../random/bulk-lanes.js';
import { withParams } from './_client.js';
import { frequencyAggregator } from './_frequency.js';
import { drawPosition, type SubsetSampler, subsetSampler } from './_subset.js';

export interface SubsetParams extends IndexParams {
  /** w: bits set in every report. */
  readonly weight: number;
  /** p: how often the value's own bit is. */
  readonly own: Threshold;
  readonly sampler: SubsetSampler;
}

/** Bit i, bit i & 7 of byte i >> 3, is value i. */
export type SubsetReport = Uint8Array;

const ID = 'subset-selection';
const MAX_DOMAIN = 1_048_576;

/** The sum over all values of n times the variance, (p(1-p) + (k-1)q(1-q))/(p-q)^2: whatever their shares. */
function totalError(e: bigint, k: bigint, w: bigint): Ratio {
  // p = own/all and q = other/(all (k-1)), in units in which 1 is SCALE.
  const own = w * e;
  const all = own + (k - w) * SCALE;
  const other = own * (w - 1n) + (all - own) * w;
  const some = all * (k - 1n);
  return ratio((k - 1n) * ((k - 1n) * own * (all - own) + other * (some - other)), (own * (k - 1n) - other) ** 2n);
}

/** The best w is near k/(E+1): below it or above. In integers, because client and server must agree. */
function weightFor(e: bigint, k: bigint): bigint {
  const below = (k * SCALE) / (e + SCALE);
  if (below === 0n) return 1n;
  return compare(totalError(e, k, below + 1n), totalError(e, k, below)) < 0 ? below + 1n : below;
}

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - k, 2 to 2^20
 * @returns `weight`: w = floor or ceiling of k/(E+1), at least 1, with the smaller total error, E = e^epsilon; `own`: p rounded
 *   down to a multiple of 2^-64
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): SubsetParams {
  const micro = microEpsilon(options.epsilon);
  checkInteger('domain-size-out-of-range', 'domainSize', options.domainSize, 2, MAX_DOMAIN);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  const k = BigInt(options.domainSize);
  const w = weightFor(e, k);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: Math.ceil(options.domainSize / 8),
    weight: Number(w),
    own: threshold((ONE * w * e) / (w * e + (k - w) * SCALE)),
    sampler: Object.freeze(subsetSampler(options.domainSize, Number(w), randomizeBitsInBulk, weightInBulk)),
  });
}

export const randomizer: Client<SubsetParams, SubsetReport> = {
  derive: (plain: Omit<SubsetParams, 'sampler'>) => ({
    ...plain,
    sampler: subsetSampler(plain.domainSize, plain.weight),
  }),
  randomize(p, value, source, _draw, report = new Uint8Array(p.reportBytes)) {
    checkValue(value, p.domainSize);
    p.sampler.draw(source, report);
    // Drawn whether they are used or not: how many words are taken must tell neither the value nor the coin.
    const member = drawPosition(source, report, p.domainSize, true);
    const other = drawPosition(source, report, p.domainSize, false);
    const isIn = bernoulli(source, p.own);
    if (isSet(report, value) !== isIn) {
      flip(report, value);
      flip(report, isIn ? member : other);
    }
    return report;
  },
  encode: encodeBytes,
};

export const client: IndexClient<SubsetParams, SubsetReport> = /* @__PURE__ */ withParams(ID, randomizer, params);

/** Throws unless the bytes in [from, from + reportBytes) are a report. */
function checkReport({ domainSize, reportBytes, weight }: SubsetParams, bytes: Uint8Array, from: number): void {
  if (weightInBulk(bytes.subarray(from, from + reportBytes)) !== weight || !isPadded(bytes, domainSize, from)) {
    throw new MechanismError('report-malformed', `a subset has ${weight} of ${domainSize} values`);
  }
}

export const aggregator: FrequencyAggregator<SubsetParams, SubsetReport> = /* @__PURE__ */ frequencyAggregator({
  id: ID,
  decode(p, bytes) {
    checkReportLength(bytes, p.reportBytes);
    checkReport(p, bytes, 0);
    return bytes.slice();
  },
  accumulate(p, state, report) {
    state.n++;
    addBits(report, 0, p.reportBytes, state.counts);
  },
  accumulateAll(p, state, bytes) {
    const reports = checkReports(bytes, p.reportBytes);
    for (let i = 0; i < reports; i++) checkReport(p, bytes, i * p.reportBytes);
    state.n += reports;
    addColumns(bytes, p.reportBytes, state.counts);
  },
  support({ domainSize, weight, own }: SubsetParams) {
    const p = probability(own);
    return { p, q: (p * (weight - 1) + (1 - p) * weight) / (domainSize - 1) };
  },
});

/** Number of subsets of `w` of `k`. */
function choose(k: bigint, w: bigint): bigint {
  let product = 1n;
  for (let i = 1n; i <= w; i++) product = (product * (k - w + i)) / i;
  return product;
}

/** P[a subset | the value is in it] over P[a subset | it is not]; there are (k-w)/w times as many of the latter. */
function worstRatio({ domainSize, weight, own }: SubsetParams): Ratio {
  const p = numerator(own);
  return ratio(p * BigInt(domainSize - weight), (ONE - p) * BigInt(weight));
}

export const channel: Channel<SubsetParams, SubsetReport> = {
  id: ID,
  likelihood({ domainSize, weight, own }, value, report) {
    const [k, w, p] = [BigInt(domainSize), BigInt(weight), numerator(own)];
    return isSet(report, value) ? ratio(p, ONE * choose(k - 1n, w - 1n)) : ratio(ONE - p, ONE * choose(k - 1n, w));
  },
  *reports(p) {
    for (let all = 0; all < 2 ** p.domainSize; all++) {
      const report = Uint8Array.from({ length: p.reportBytes }, (_, i) => Math.floor(all / 256 ** i) & 255);
      if (weightInBulk(report) === p.weight) yield report;
    }
  },
  effectiveEpsilon(p) {
    const { numerator: most, denominator: least } = worstRatio(p);
    return lnAbove(most, least);
  },
};
