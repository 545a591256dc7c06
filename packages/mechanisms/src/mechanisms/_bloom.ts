import { checkInteger, checkIsValue } from '../check.js';
import { flip, isPadded } from '../encode/bits.js';
import { bloomBits, candidateBits } from '../encode/bloom.js';
import { readInteger } from '../encode/report-bytes.js';
import { MechanismError } from '../errors.js';
import { addBits } from '../estimate/columns.js';
import { normalQuantile } from '../estimate/normal.js';
import type { CohortCounts } from '../estimate/text/counts.js';
import { decodeTexts } from '../estimate/text/decode.js';
import { type Ratio, ratio, times } from '../exact/ratio.js';
import type { Estimate, Params, TextAggregator, TextEstimate, TextShape, TextsEstimate } from '../mechanism.js';
import type { BitChannel, BitRandomizer } from '../random/lanes.js';
import type { WordSource } from '../random/word-source.js';
import { checkState, emptyState, mergeStates } from '../state.js';
import type { Bit } from './_bits.js';
import { withAccumulateAll } from './_each.js';

/**
 * What the mechanisms over texts share: a report is a cohort and a Bloom filter whose bits were randomized one by one.
 * The cohort says nothing of the text: it is drawn first. Bits are randomized independently, so everything
 * about a report is a product over its bits.
 */
export interface BloomParams extends Params, TextShape {}

/** A randomized filter. */
export interface TextReport {
  /** In [0, cohorts). */
  readonly cohort: number;
  /** Bit i is bit i & 7 of byte i >> 3; unused bits zero. */
  readonly filter: Uint8Array;
}

const MAX_BITS = 1024;
const MAX_HASHES = 4;

/** @throws MechanismError `option-invalid` */
export function checkShape({ bits, hashes, cohorts }: TextShape, maxCohorts: number): void {
  checkInteger('option-invalid', 'hashes', hashes, 1, MAX_HASHES);
  checkInteger('option-invalid', 'bits', bits, 2 * hashes, MAX_BITS);
  checkInteger('option-invalid', 'cohorts', cohorts, 1, maxCohorts);
}

/** Bytes of a report before its filter. */
export function cohortBytes(shape: TextShape): number {
  return shape.cohorts <= 256 ? 1 : 2;
}

/** Length of a report: the cohort, then the filter. */
export function reportLength(shape: TextShape): number {
  return cohortBytes(shape) + Math.ceil(shape.bits / 8);
}

/** A text's filter, every bit passed through a channel with coins of its own. */
export function randomizeText(
  pass: BitRandomizer,
  shape: TextShape,
  text: string,
  cohort: number,
  channel: BitChannel,
  source: WordSource,
  filter = emptyFilter(shape),
): TextReport {
  checkIsValue(typeof text === 'string');
  filter.fill(0);
  for (const bit of bloomBits(text, cohort, shape)) flip(filter, bit);
  pass(source, channel, filter, 0, shape.bits);
  return { cohort, filter };
}

export function emptyFilter(shape: TextShape): Uint8Array {
  return new Uint8Array(Math.ceil(shape.bits / 8));
}

export function encodeReport(
  p: BloomParams,
  { cohort, filter }: TextReport,
  into = new Uint8Array(p.reportBytes),
  at = 0,
): Uint8Array {
  // In two bytes: where it has but one, the filter is written over the other.
  into[at] = cohort;
  into[at + 1] = cohort >> 8;
  into.set(filter, at + cohortBytes(p));
  return into;
}

/** The cohort that bytes begin with. */
export function cohortOf(p: BloomParams, bytes: Uint8Array): number {
  return readInteger(bytes, 0, cohortBytes(p));
}

export function isReport(p: BloomParams, bytes: Uint8Array): boolean {
  return (
    bytes.length === p.reportBytes && cohortOf(p, bytes) < p.cohorts && isPadded(bytes, 8 * cohortBytes(p) + p.bits)
  );
}

/** @throws MechanismError `report-malformed` */
function decodeReport(p: BloomParams, bytes: Uint8Array): TextReport {
  if (!isReport(p, bytes)) {
    throw new MechanismError(
      'report-malformed',
      `a cohort below ${p.cohorts}, and a filter, in ${p.reportBytes} byte(s)`,
    );
  }
  return { cohort: cohortOf(p, bytes), filter: bytes.slice(cohortBytes(p)) };
}

/** Every report, for small shapes. */
export function* everyReport({ bits, cohorts }: TextShape): Generator<TextReport> {
  const length = Math.ceil(bits / 8);
  for (let cohort = 0; cohort < cohorts; cohort++) {
    for (let all = 0; all < 2 ** bits; all++) {
      yield { cohort, filter: Uint8Array.from({ length }, (_, i) => Math.floor(all / 256 ** i) & 255) };
    }
  }
}

/**
 * Chance of a cohort and of something about its filter, given the text.
 * @param chance - of what is asked about one bit, given whether the text sets it
 */
export function productOverBits(
  shape: TextShape,
  text: string,
  cohort: number,
  chance: (bit: number, isInText: boolean) => Ratio,
): Ratio {
  const own = new Set(bloomBits(text, cohort, shape));
  let product = ratio(1n, BigInt(shape.cohorts));
  for (let bit = 0; bit < shape.bits; bit++) product = times(product, chance(bit, own.has(bit)));
  return product;
}

/** What the estimates need to know of a mechanism's bits. */
export interface BitLaw extends Bit<number> {
  /** Of two stages: the part of a bit's variance that reports of one epoch share (`CohortCounts`). */
  readonly permanentVariance?: (share: number) => number;
}

/**
 * The aggregator: for each cohort a counter of reports, then one for each bit that is set.
 *
 * A rare text's error: it sets h of k bits in each of m cohorts. De-noised, the share of an n/m reports' bit has variance
 * v = r(1-r)/(p-q)^2 times m/n, where r = q + (p-q) h/k is how often a bit is set when everybody has a text, p and q inside
 * and outside of one. Least squares with a free intercept centres the text's column, which leaves it a squared length of
 * m h (1 - h/k), so its coefficient has variance r(1-r) / ((p-q)^2 n h (1 - h/k)). Where each client has d reports of one
 * epoch among the n, they share the permanent stage's part V of r(1-r), so r(1-r) becomes r(1-r) + (d-1) V.
 */
export function bloomAggregator<P extends BloomParams>(
  id: string,
  bitLaw: (params: P) => BitLaw,
): TextAggregator<P, TextReport> {
  return withAccumulateAll<P, TextReport, TextAggregator<P, TextReport>>({
    id,
    decode: (params, bytes) => decodeReport(params, bytes),
    empty: (params) => emptyState(params, params.cohorts * (params.bits + 1)),
    accumulate({ bits }, state, { cohort, filter }) {
      const at = cohort * (bits + 1);
      state.n++;
      state.counts[at] = (state.counts[at] as number) + 1;
      addBits(filter, 0, filter.length, state.counts, at + 1);
    },
    merge: (_params, state, other) => mergeStates(state, other),
    texts(params, state, { candidates, ...options }) {
      checkState(params, state);
      checkCandidates(candidates);
      const counts = { ...cohortCounts(params, state.counts), ...bitLaw(params) };
      return textsEstimate(candidates, decodeTexts(counts, candidateBits(candidates, params), options));
    },
    rareError(params, n, repeats = 1) {
      const { set, unset, permanentVariance } = bitLaw(params);
      const { bits, hashes } = params;
      const share = hashes / bits;
      const rate = unset + (set - unset) * share;
      const variance = rate * (1 - rate) + (repeats - 1) * (permanentVariance?.(share) ?? 0);
      return Math.sqrt(variance / (n * hashes * (1 - share))) / (set - unset);
    },
  });
}

/** @throws MechanismError `option-invalid` */
function checkCandidates(candidates: readonly string[]): void {
  if (candidates.includes('') || new Set(candidates).size < candidates.length) {
    throw new MechanismError('option-invalid', 'candidates are different texts, none of them ""');
  }
}

function cohortCounts({ bits, hashes, cohorts }: TextShape, counters: Float64Array): Omit<CohortCounts, keyof Bit<0>> {
  const each = Array.from({ length: cohorts }, (_, cohort) => counters.subarray(cohort * (bits + 1)));
  const ones = new Float64Array(cohorts * bits);
  each.forEach((own, cohort) => {
    ones.set(own.subarray(1, bits + 1), cohort * bits);
  });
  return { cohorts, bits, hashes, reports: Float64Array.from(each, ([reports]) => reports as number), ones };
}

/** Where nothing was reported there is no value, as with every estimate. */
function textsEstimate(candidates: readonly string[], decoding: ReturnType<typeof decodeTexts>): TextsEstimate {
  const { n, misfit } = decoding;
  const known = (value: number): number => (n === 0 ? Number.NaN : value);
  // To be told from zero: so many standard errors for the two-sided test, and to pass it 19 times in 20.
  const told = normalQuantile(0.975) + normalQuantile(0.95);
  const groups = new Map(decoding.confused.flatMap((group) => group.map((v) => [v, group] as const)));
  const texts = candidates.map((text, v): TextEstimate => {
    const standardError = decoding.standardError[v] as number;
    return {
      text,
      value: known(decoding.value[v] as number),
      standardError,
      low: decoding.low[v] as number,
      high: decoding.high[v] as number,
      n,
      detectionLimit: told * standardError,
      pValue: decoding.pValue[v] as number,
      isDetected: decoding.isDetected[v] === 1,
      isListed: decoding.isListed[v] === 1,
      drawn: decoding.drawn[v] as number,
      // Made when asked for: in a group of ten thousand, each has ten thousand others.
      get confusedWith() {
        return groups.get(v)?.filter((other) => other !== v) ?? [];
      },
    };
  });
  const mass = (estimate: Estimate): Estimate => ({ ...estimate, value: known(estimate.value) });
  return { n, texts, withText: mass(decoding.withText), unexplained: mass(decoding.unexplained), misfit };
}
