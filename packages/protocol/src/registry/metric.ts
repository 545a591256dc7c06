import type { Client, Edges, Params } from '@dither/mechanisms';
import type { policy } from '../policy.js';

export type Kind = 'boolean' | 'category' | 'count' | 'timing' | 'quantity' | 'text';

/**
 * How the events of a period become its one value:
 * `any` it happened at least once; `sum` clamped sum; `first`, `last`, `max` of the events; `random` one of them,
 * each with the same chance.
 */
export type Aggregate = 'any' | 'sum' | 'first' | 'last' | 'max' | 'random';

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
  /** text: longest string, in UTF-16 code units */
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
  /** The device's part of the mechanism; a kind whose mechanism is yet to come has none and stays silent. */
  readonly client?: Client;
  /** Number of values the mechanism tells apart, "no event" among them. */
  readonly domainSize: number;
  /** The value that stands for "no event". */
  readonly none: number;
  /** Index of an event's value, or undefined if it is not one (wrong type, not in the list, not finite). */
  readonly encode: (input: Input) => number | undefined;
}

/** A metric in its registry: id, day of expiry, mechanism parameters and fingerprint resolved. */
export interface Metric<Input = unknown> extends Omit<Declared<Input>, 'epsilon'> {
  readonly id: string;
  /** What one report costs, in millionths of epsilon. */
  readonly microEpsilon: number;
  /** First day on which it is silent. */
  readonly expiryDay: number;
  /** Undefined exactly when `client` is: an inactive metric. */
  readonly params: Params | undefined;
  /** 16 hexadecimal digits over everything that changes the channel or the meaning. */
  readonly fingerprint: string;
}
