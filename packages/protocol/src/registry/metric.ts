import type { Client, Edges, LatchedClient, Params } from '@dither/mechanisms';
import type { policy } from '../policy.js';

export type Kind = 'boolean' | 'category' | 'count' | 'timing' | 'quantity' | 'text';

/**
 * How the events of a period become its one value:
 * `any` it happened at least once; `sum` clamped sum; `first`, `last`, `max` of the events; `random` one of them,
 * each with the same chance.
 */
export type Aggregate = 'any' | 'sum' | 'first' | 'last' | 'max' | 'random';

/** What happened in a period: an index of the metric's domain, or a text. */
export type Value = number | string;

// biome-ignore lint/suspicious/noExplicitAny: params and reports are a mechanism's own affair
export type AnyClient = Client<any, any, any> | LatchedClient<any, any, any>;

/** How a latched metric spends: its value is randomized once per epoch, and what came of it is reported again and again. */
export interface Latch {
  /** Epsilon of one report. */
  readonly epsilonFirst: number;
  /** Epsilon of however many reports of one epoch: what the stored output itself would tell. */
  readonly epsilonInfinity: number;
  /** Length of an epoch in days: two or more whole periods. The same for all latched metrics of a registry. */
  readonly epoch: number;
}

/** Length of a reporting period in days. */
export type Period = (typeof policy.periods)[number];

/** The values a metric can take, as the canonical JSON says it. */
export interface Domain {
  /** category: the closed list */
  readonly values?: readonly string[];
  /** count: the largest one told apart */
  readonly clamp?: number;
  /** timing, quantity */
  readonly unit?: string;
  readonly edges?: Edges;
  /** text: what is longer is cut, in UTF-16 code units */
  readonly maxLength?: number;
}

/** What every metric says about itself. */
export interface MetricOptions {
  /** What is measured, in words the person whose device it is understands. */
  readonly description: string;
  /** What the answer will be used for. */
  readonly purpose: string;
  /** Who answers for it: a team or an address. */
  readonly owner: string;
  /** How often it is reported, in days: 1, 7 or 28. */
  readonly period: Period;
  /** Epsilon of one report; 1 unless told. Above 4 only with a `reason`, above 10 never. */
  readonly epsilon?: number;
  /** Why epsilon is above 4. */
  readonly reason?: string;
  /** Last day of use, `YYYY-MM-DD`; after it the metric is silent. */
  readonly expires: string;
}

/** A metric as declared, before its registry gives it an id. */
export interface Declared<Input = unknown> extends MetricOptions {
  readonly kind: Kind;
  readonly aggregate: Aggregate;
  readonly domain: Domain;
  /** The device's part of the mechanism. */
  readonly client: AnyClient;
  /** Parameters of the mechanism. @throws MechanismError */
  readonly resolve: (epsilon: number) => Params;
  /** A latched metric's epsilons, in place of `epsilon`. */
  readonly latch?: Latch;
  /** Number of values the mechanism tells apart, "no event" among them; 0 for texts, which are not listed. */
  readonly domainSize: number;
  /** The value that stands for "no event". */
  readonly none: Value;
  /** What is kept of an event's value, or undefined if it is not one (wrong type, not in the list, not finite). */
  readonly encode: (input: Input) => Value | undefined;
}

/** A metric in its registry: id, day of expiry, mechanism parameters and fingerprint resolved. */
export interface Metric<Input = unknown> extends Omit<Declared<Input>, 'epsilon' | 'resolve'> {
  readonly id: string;
  /** What one report costs, in millionths of epsilon. */
  readonly microEpsilon: number;
  /** Days over which reports share a stored output; the period itself unless latched. */
  readonly epoch: number;
  /** Entry j: what any j + 1 reports of one epoch cost together, in millionths of epsilon. */
  readonly microEpoch: readonly number[];
  /** First day on which it is silent. */
  readonly expiryDay: number;
  readonly params: Params;
  /** 16 hexadecimal digits over everything that changes the channel or the meaning. */
  readonly fingerprint: string;
}
