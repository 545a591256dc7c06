import type { Ratio } from './exact/ratio.js';
import type { WordSource } from './random/word-source.js';

/**
 * The contract every mechanism keeps; `test/mechanism.contract.ts` holds each one to it.
 *
 * A mechanism takes a *value* to a *report*, and many reports to *estimates*. It has roles, which each party imports on its own:
 * whoever declares a metric or makes many reports a `client`, a device that has its params already the `randomizer`, which is
 * a client without id and `params`; the server an `aggregator`, reviewers and tests the `channel`.
 *
 * Values are indices in [0, domainSize), or texts. Estimates answer one of three questions, `answers` says which:
 * `frequencies` (a share for each value, or a mean), `distribution` (quantiles, a mean and a curve over ordered cells),
 * `texts` (which of a list of candidates, and how many).
 */

/** What `params()` derives once from a declaration. Frozen, and passed first to everything else. */
export interface Params {
  /** Id of the mechanism these belong to. */
  readonly mechanism: string;
  /** Declared epsilon of one report, in integer millionths. The effective one is at most this. */
  readonly microEpsilon: number;
  /** Every encoded report has this many bytes, whatever it says. */
  readonly reportBytes: number;
  /**
   * Of a mechanism whose reports depend on public coins: how many outcomes these have, all as likely. A report is made and
   * read under one, in [0, draws), that neither value nor client chooses and that need not be sent: both sides derive it
   * from what is public about the report. Its epsilon holds for each draw by itself.
   */
  readonly draws?: number;
}

/** Params over indices. */
export interface IndexParams extends Params {
  /** Number of values a client may hold; values are 0 .. domainSize-1. */
  readonly domainSize: number;
}

/** Derives params over indices, as a registry calls it. */
export type MakeParams<P extends Params> = (options: { epsilon: number; domainSize: number }) => P;

/**
 * The device's part. As a randomizer it checks what protects a person, and takes it that draws and buffers are right: a client
 * checks these too.
 */
export interface Client<P extends Params = Params, R = unknown, V = number> {
  /** None of a randomizer: the params that it is used with name the mechanism. */
  readonly id?: string | undefined;
  /**
   * The private step. The number of words it draws has the same distribution for every value.
   * @param value - an integer in [0, params.domainSize), outside which the call throws `value-out-of-range`; or a
   *   text, "" standing for "no event"
   * @param draw - the public draw, where `params.draws` asks for one; @throws MechanismError `draw-out-of-range`
   * @param reuse - a report this client made before, to be written over where reports are arrays: spares an allocation
   */
  randomize(params: P, value: V, source: WordSource, draw?: number, reuse?: R): R;
  /**
   * Writes the report's bytes: exactly `params.reportBytes`, unused high bits zero.
   * @param into - written from byte `at` on, and returned; without it, an array of just these bytes
   */
  encode(params: P, report: R, into?: Uint8Array, at?: number): Uint8Array;
  /**
   * From what of the params is plain data (numbers, texts, lists and plain objects of them), as a registry's JSON has it: params
   * for the methods above, by the code that `params` uses. What only the server needs is not made. Just those mechanisms have it
   * whose params hold more than plain data, such as hash functions.
   */
  derive?(plain: Params): Params;
}

/** A client whose declaration is an epsilon and a number of values. */
export interface IndexClient<P extends IndexParams = IndexParams, R = unknown> extends Client<P, R> {
  readonly id: string;
  /** The only validation. @throws MechanismError */
  readonly params: MakeParams<P>;
}

/** Params of a mechanism with two stages; `microEpsilon` is that of one report. */
export interface LatchedParams extends Params {
  /**
   * Entry j is the epsilon of any j + 1 reports of one epoch together, in millionths rounded up; as many entries as an
   * epoch has reports.
   */
  readonly microEpoch: readonly number[];
  /** Epsilon of however many reports of one epoch. */
  readonly microInfinity: number;
}

/**
 * The device's part of a mechanism with two stages. The value passes once per epoch through the permanent randomizer;
 * what comes out is stored, the value is forgotten, and each report is an instantaneous randomization of what is stored.
 */
export interface LatchedClient<P extends LatchedParams = LatchedParams, R = unknown, V = number> {
  /** As in `Client`. */
  readonly id?: string | undefined;
  /**
   * The permanent step.
   * @param draw - the installation's cohort draw of this epoch, uniform in [0, 64), the same for all its metrics
   * @returns what is stored, of a length that does not depend on the value
   */
  latch(params: P, value: V, draw: number, source: WordSource): Uint8Array;
  /**
   * The instantaneous step.
   * @param permanent - what `latch` returned; @throws MechanismError `value-out-of-range`
   * @param reuse - as in `Client`
   */
  report(params: P, permanent: Uint8Array, source: WordSource, reuse?: R): R;
  encode(params: P, report: R, into?: Uint8Array, at?: number): Uint8Array;
  /** As in `Client`. */
  derive?(plain: LatchedParams): LatchedParams;
}

/** What a latched metric declares of its epsilons. */
export interface Stages {
  /** Of one report. */
  readonly epsilonFirst: number;
  /** Of however many reports of one epoch. */
  readonly epsilonInfinity: number;
  /** Reports of one epoch. */
  readonly reports: number;
}

/** Params over indices of a mechanism with two stages. */
export interface LatchedIndexParams extends IndexParams, LatchedParams {}

/** A client over indices with two stages. */
export interface LatchedIndexClient<P extends LatchedIndexParams = LatchedIndexParams, R = unknown>
  extends LatchedClient<P, R, number> {
  readonly id: string;
  /** The only validation. @throws MechanismError */
  readonly params: (options: Stages & { readonly domainSize: number }) => P;
}

/** How texts become bits (`encode/bloom.ts`). */
export interface TextShape {
  /** Bits of a filter. */
  readonly bits: number;
  /** Bits that a text sets in each cohort. */
  readonly hashes: number;
  /** Number of groups that hash texts each in its own way; a report belongs to one of them, whatever its text. */
  readonly cohorts: number;
}

/** A client of texts whose reports are each randomized afresh. */
export interface TextClient<P extends Params = Params, R = unknown> extends Client<P, R, string> {
  readonly id: string;
  /** The only validation. @throws MechanismError */
  readonly params: (options: TextShape & { readonly epsilon: number }) => P;
}

/** A client of texts with two stages. */
export interface LatchedTextClient<P extends LatchedParams = LatchedParams, R = unknown>
  extends LatchedClient<P, R, string> {
  readonly id: string;
  /** The only validation. @throws MechanismError */
  readonly params: (options: TextShape & Stages) => P;
}

/**
 * Aggregate state: how many reports, and counters. Additive: merging is addition.
 * `params` names the parameters it was accumulated under, so that states of different channels never mix.
 */
export interface State {
  readonly params: string;
  n: number;
  /** Whole numbers up to 2^53. */
  readonly counts: Float64Array;
}

/** One estimated quantity. */
export interface Estimate {
  /** Unbiased; may lie outside the range of the truth, and is not clipped. */
  readonly value: number;
  /** Plug-in standard error of `value`. */
  readonly standardError: number;
  /** Ends of the confidence interval; they may lie outside the range of the truth (`estimate/support.ts`). */
  readonly low: number;
  readonly high: number;
  /** Number of answers this quantity was estimated from. */
  readonly n: number;
  /** The smallest truth that is told from zero 19 times in 20, at this n. */
  readonly detectionLimit: number;
}

/** The server's part, as far as counting goes. */
export interface Aggregator<P extends Params = Params, R = unknown> {
  readonly id: string;
  /**
   * @param draw - the public draw, where `params.draws` asks for one; @throws MechanismError `draw-out-of-range`
   * @throws MechanismError `report-malformed` for a wrong length, a symbol out of range or padding bits set
   */
  decode(params: P, bytes: Uint8Array, draw?: number): R;
  empty(params: P): State;
  /** Adds one report to `state` in place. */
  accumulate(params: P, state: State, report: R): void;
  /**
   * Adds many reports to `state`, from their bytes laid end to end: the same as `decode` and `accumulate` of each.
   * @param draws - the public draw of each, where `params.draws` asks for them
   * @throws MechanismError as `decode`; nothing is added then
   */
  accumulateAll(params: P, state: State, bytes: Uint8Array, draws?: ArrayLike<number>): void;
  /** Adds `other` to `state` in place. @throws MechanismError `state-mismatch` */
  merge(params: P, state: State, other: State): void;
}

/** The quantities a mechanism estimates, in the order of `estimate`. */
export interface Quantity {
  /** `frequency` of value `index`, or a named one such as `mean`. */
  readonly name: string;
  /** For a frequency: the value. */
  readonly index?: number;
  /** The truth as a weight per value: truth = sum over values of weight * share. */
  readonly weights: (value: number) => number;
  /**
   * The least and the most that one report says of it: the ends of what `estimate` gives from a single one. The estimate
   * is the mean of what the reports say, so this is how far forged ones can push it (`estimate/forged.ts`).
   */
  readonly reach: readonly [least: number, most: number];
}

/** Estimates linear in the shares of the values, each unbiased. */
export interface FrequencyAggregator<P extends IndexParams = IndexParams, R = unknown> extends Aggregator<P, R> {
  quantities(params: P): readonly Quantity[];
  /**
   * One estimate per quantity.
   * @param confidence - of each interval on its own, in (0, 1); .95 unless told
   * @param repeats - the most reports of one epoch that the state may hold from one client, for a mechanism with two
   *   stages; 1 unless told. They share the permanent stage, whose part of the variance is not divided by their number.
   */
  estimate(params: P, state: State, confidence?: number, repeats?: number): readonly Estimate[];
  /**
   * Exact variance of each quantity's estimate, the population held fixed.
   * @param shares - share of the reporting clients holding each value; domainSize numbers that sum to one
   * @param answers - number of answers to each quantity
   * @param reports - number of reporting clients, of whom those who answered are a random part; `answers` unless told
   */
  variance(params: P, shares: ArrayLike<number>, answers: number, reports?: number): Float64Array;
  /** Whether `sum of frequency estimates` is constrained to one, so that projecting on the simplex makes sense. */
  readonly isDistribution: boolean;
}

/**
 * What is asked of a distribution. Its cells are the values 0 .. domainSize-2 in their order; the last value of the
 * domain is "no event". Places are counted in cells: 3.25 is a quarter into cell 3, and domainSize-1 the far end.
 */
export interface DistributionQuestion {
  /** Each in (0, 1). */
  readonly quantiles: readonly number[];
  /** Cells from which on the share is asked: entry c asks for the share of cells c and above. */
  readonly above: readonly number[];
  /** What a cell counts for in the mean, such as the middle of its bucket; domainSize-1 numbers. */
  readonly amounts: ArrayLike<number>;
  /** Of each interval on its own; .95 unless told. */
  readonly confidence?: number;
}

/** An estimated quantile, in places. */
export interface QuantileEstimate {
  readonly quantile: number;
  /** NaN where it cannot be told that anybody had an event. */
  readonly place: number;
  /** Ends of the interval, within cells or on their borders. The whole range where the reports say nothing. */
  readonly low: number;
  readonly high: number;
  /**
   * Cell borders around the interval. `low` and `high` hold for values spread evenly within their cells, these wherever
   * in their cells the values lie.
   */
  readonly outerLow: number;
  readonly outerHigh: number;
}

/**
 * Everything but `withEvent` is among those with an event: a ratio, whose interval includes the denominator's error.
 * Where the interval of `withEvent` reaches zero nothing is said of them: values are NaN, intervals all there may be.
 * Intervals hold for any population. Where a mechanism can only bracket a share, its `value` is that of the curve, moved
 * into the interval, and not unbiased; each says of which this is so.
 */
export interface DistributionEstimate {
  /** Reports. */
  readonly n: number;
  /** Share of reporting clients that had an event. */
  readonly withEvent: Estimate;
  readonly quantiles: readonly QuantileEstimate[];
  readonly mean: Estimate;
  /** One per cell asked for, in that order. */
  readonly above: readonly Estimate[];
  /** Shares of groups of neighbouring cells, as fine as the mechanism can tell without bias. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly share: Estimate }[];
  /** Post-processed: a curve to draw, one share per cell, none negative, sum one. Biased. */
  readonly curve: Float64Array;
}

/** Quantiles, mean and shape of ordered values. */
export interface DistributionAggregator<P extends IndexParams = IndexParams, R = unknown> extends Aggregator<P, R> {
  distribution(params: P, state: State, question: DistributionQuestion): DistributionEstimate;
  /**
   * Predicted root mean squared error of an estimated quantile, in places: what the choice of a mechanism rests on.
   * That of a place drawn at random where the reports are expected to leave it anywhere.
   * @param n - reports
   * @param shares - share of the clients holding each value; domainSize numbers that sum to one
   */
  quantileError(params: P, n: number, shares: ArrayLike<number>, quantile: number): number;
}

/** What is asked about texts. */
export interface TextQuestion {
  /** Different texts, none of them "". */
  readonly candidates: readonly string[];
  /** Of each interval on its own; .95 unless told. */
  readonly confidence?: number;
  /**
   * The most reports of one epoch that the state may hold from one client; 1 unless told. They share their permanent
   * randomization, whose part of the variance is not divided by their number.
   */
  readonly repeats?: number;
}

/** One candidate's share of the reporting clients, and what it takes to believe in it. */
export interface TextEstimate extends Estimate {
  readonly text: string;
  /** Chance of so large an estimate if nobody held this text. */
  readonly pValue: number;
  /** In the list that holds any false text with probability at most .05. */
  readonly isDetected: boolean;
  /** In the longer list of which at most .05 is false, on average. */
  readonly isListed: boolean;
  /** Post-processed: share in the non-negative fit of all candidates together. Biased. */
  readonly drawn: number;
  /**
   * Other candidates that this one cannot be told apart from, by place in the question. Where there are any, the
   * estimate is that of all of them together, or, if no sum of theirs is known either, has infinite error.
   */
  readonly confusedWith: readonly number[];
}

export interface TextsEstimate {
  readonly n: number;
  /** One per candidate, in the order asked. */
  readonly texts: readonly TextEstimate[];
  /** Share of reporting clients that had any text. */
  readonly withText: Estimate;
  /** Share whose text is no candidate. */
  readonly unexplained: Estimate;
  /** Root of the residual mean square over what noise alone would leave, 1 or more: errors are multiplied by it. */
  readonly misfit: number;
}

/** Which texts, against candidates. */
export interface TextAggregator<P extends Params = Params, R = unknown> extends Aggregator<P, R> {
  texts(params: P, state: State, question: TextQuestion): TextsEstimate;
  /**
   * The standard error of a rare text's share in n reports, before misfit.
   * @param repeats - as in `TextQuestion`; 1 unless told
   */
  rareError(params: P, n: number, repeats?: number): number;
}

/** The channel itself: what lets anyone check the guarantee without trusting the code above. */
export interface Channel<P extends Params = Params, R = unknown, V = number> {
  readonly id: string;
  /** P[report | value], exactly. */
  likelihood(params: P, value: V, report: R): Ratio;
  /** Every possible report, for small domains. */
  reports(params: P): Iterable<R>;
  /**
   * The largest ln P[report | value] / P[report | other value], from the integers in use, rounded up: at most
   * the declared epsilon. By structure, so that it is cheap for any domain; the contract checks it by enumeration.
   */
  effectiveEpsilon(params: P): number;
}

/** A mechanism that estimates the share of each value, or means. */
export interface FrequencyMechanism<P extends IndexParams = IndexParams, R = unknown> {
  readonly id: string;
  readonly answers: 'frequencies';
  readonly client: IndexClient<P, R> | LatchedIndexClient<P & LatchedIndexParams, R>;
  readonly aggregator: FrequencyAggregator<P, R>;
  readonly channel: Channel<P, R>;
}

/** A mechanism over ordered cells. */
export interface DistributionMechanism<P extends IndexParams = IndexParams, R = unknown> {
  readonly id: string;
  readonly answers: 'distribution';
  readonly client: IndexClient<P, R>;
  readonly aggregator: DistributionAggregator<P, R>;
  readonly channel: Channel<P, R>;
}

/** A mechanism over texts. */
export interface TextMechanism<P extends Params = Params, R = unknown> {
  readonly id: string;
  readonly answers: 'texts';
  readonly client: TextClient<P, R> | LatchedTextClient<P & LatchedParams, R>;
  readonly aggregator: TextAggregator<P, R>;
  readonly channel: Channel<P, R, string>;
}

/** A whole mechanism, as the catalogue holds it. */
export type Mechanism = FrequencyMechanism | DistributionMechanism | TextMechanism;
