import type { Ratio } from './exact/ratio.js';
import type { WordSource } from './random/word-source.js';

/**
 * The contract every mechanism keeps; `test/mechanism.contract.ts` holds each one to it.
 *
 * A mechanism takes a *value*, an index in [0, domainSize), to a *report*, and many reports to *estimates*. It
 * has three roles, which each party imports on its own: the device needs a `client`, the server an `aggregator`,
 * reviewers and tests the `channel`.
 */

/** What `params()` derives once from a declaration. Frozen, and passed first to everything else. */
export interface Params {
  /** Id of the mechanism these belong to. */
  readonly mechanism: string;
  /** Declared epsilon of one report, in integer millionths. The effective one is at most this. */
  readonly microEpsilon: number;
  /** Number of values a client may hold; values are 0 .. domainSize-1. */
  readonly domainSize: number;
  /** Every encoded report has this many bytes, whatever it says. */
  readonly reportBytes: number;
}

/** Derives params, as a registry calls it. */
export type MakeParams<P extends Params> = (options: { epsilon: number; domainSize: number }) => P;

/** The device's part. */
export interface Client<P extends Params = Params, R = unknown> {
  readonly id: string;
  /** The only validation. @throws MechanismError */
  readonly params: MakeParams<P>;
  /**
   * The private step. The number of words it draws has the same distribution for every value.
   * @param value - an integer in [0, params.domainSize); outside it the call throws `value-out-of-range`
   */
  randomize(params: P, value: number, source: WordSource): R;
  /** The report's bytes: exactly `params.reportBytes`, unused high bits zero. */
  encode(params: P, report: R): Uint8Array;
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

/** The quantities a mechanism estimates, in the order of `estimate`. */
export interface Quantity {
  /** `frequency` of value `index`, or a named one such as `mean`. */
  readonly name: string;
  /** For a frequency: the value. */
  readonly index?: number;
  /** The truth as a weight per value: truth = sum over values of weight * share. */
  readonly weights: (value: number) => number;
}

/** The server's part. */
export interface Aggregator<P extends Params = Params, R = unknown> {
  readonly id: string;
  readonly params: MakeParams<P>;
  /** @throws MechanismError `report-malformed` for a wrong length, a symbol out of range or padding bits set */
  decode(params: P, bytes: Uint8Array): R;
  empty(params: P): State;
  /** Adds one report to `state` in place. */
  accumulate(params: P, state: State, report: R): void;
  /** Adds `other` to `state` in place. @throws MechanismError `state-mismatch` */
  merge(params: P, state: State, other: State): void;
  quantities(params: P): readonly Quantity[];
  /**
   * One estimate per quantity.
   * @param confidence - of each interval on its own, in (0, 1); .95 unless told
   */
  estimate(params: P, state: State, confidence?: number): readonly Estimate[];
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

/** The channel itself: what lets anyone check the guarantee without trusting the code above. */
export interface Channel<P extends Params = Params, R = unknown> {
  readonly id: string;
  /** P[report | value], exactly. */
  likelihood(params: P, value: number, report: R): Ratio;
  /** Every possible report, for small domains. */
  reports(params: P): Iterable<R>;
  /**
   * The largest ln P[report | value] / P[report | other value], from the integers in use, rounded up: at most
   * the declared epsilon. By structure, so that it is cheap for any domain; the contract checks it by enumeration.
   */
  effectiveEpsilon(params: P): number;
}

/** A whole mechanism, as the catalogue holds it. */
export interface Mechanism<P extends Params = Params, R = unknown> {
  readonly id: string;
  readonly client: Client<P, R>;
  readonly aggregator: Aggregator<P, R>;
  readonly channel: Channel<P, R>;
}
