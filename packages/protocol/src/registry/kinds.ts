import { bucketIndex, type Client, type Edges, linearBuckets, logBuckets, MechanismError } from '@dither/mechanisms';
import { policy } from '../policy.js';
import { RegistryError } from './errors.js';
import { NONE } from './labels.js';
import type { Aggregate, Declared, MetricOptions } from './metric.js';

/**
 * One function per kind: it takes what a developer declares and returns a metric that knows how to encode its
 * events. The mechanism comes in as a value, so that an app bundles just those it names.
 */

// biome-ignore lint/suspicious/noExplicitAny: params and reports are a mechanism's own affair
type AnyClient = Client<any, any>;

type WithMechanism = MetricOptions & { readonly mechanism: AnyClient };

/** The mechanisms that answer a kind's question. Others are refused when declared. */
const FIT = {
  boolean: ['rr'],
  category: ['grr', 'sue', 'oue'],
  count: ['one-bit-mean'],
  number: ['grr', 'sue', 'oue'],
} as const;

function common(options: MetricOptions): MetricOptions {
  const { description, purpose, owner, period, epsilon, reason, expires } = options;
  return {
    description,
    purpose,
    owner,
    period,
    expires,
    ...(epsilon === undefined ? {} : { epsilon }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function fit(client: AnyClient, allowed: readonly string[]): AnyClient {
  if (!allowed.includes(client?.id)) {
    throw new RegistryError('mechanism-unfit', '', `this kind is answered by: ${allowed.join(', ')}`);
  }
  return client;
}

function oneOf(aggregate: Aggregate, allowed: readonly Aggregate[]): Aggregate {
  if (!allowed.includes(aggregate)) {
    throw new RegistryError('aggregate-invalid', '', `this kind takes: ${allowed.join(', ')}`);
  }
  return aggregate;
}

/**
 * Whether something happened at least once in the period. No event means no.
 * @throws RegistryError `mechanism-unfit`
 */
export function boolean(options: WithMechanism): Declared<true | undefined> & { readonly kind: 'boolean' } {
  return {
    ...common(options),
    kind: 'boolean',
    aggregate: 'any',
    domain: {},
    client: fit(options.mechanism, FIT.boolean),
    domainSize: 2,
    none: 0,
    encode: (input) => (input === undefined || input === true ? 1 : undefined),
  };
}

/**
 * One of a closed list. "none" (no event in the period) is a value of its own and need not be listed.
 * @param options.aggregate - `last` unless told, or `random`
 * @throws RegistryError `values-invalid`, `aggregate-invalid`, `mechanism-unfit`
 */
export function category<const Value extends string>(
  options: WithMechanism & { readonly values: readonly Value[]; readonly aggregate?: 'last' | 'random' },
): Declared<Value> & { readonly kind: 'category' } {
  const values = [...options.values];
  const isSound =
    values.length >= 1 &&
    values.length <= policy.maxCategories &&
    new Set(values).size === values.length &&
    values.every((value) => typeof value === 'string' && value !== '' && value !== NONE && value.length <= 100);
  if (!isSound) {
    throw new RegistryError(
      'values-invalid',
      '',
      `list 1 to ${policy.maxCategories} different values of 1 to 100 characters; "${NONE}" is there already`,
    );
  }
  const indexes = new Map<string, number>(values.map((value, index) => [value, index]));
  return {
    ...common(options),
    kind: 'category',
    aggregate: oneOf(options.aggregate ?? 'last', ['last', 'random']),
    domain: { values },
    client: fit(options.mechanism, FIT.category),
    domainSize: values.length + 1,
    none: values.length,
    encode: (input) => indexes.get(input),
  };
}

/**
 * How many times, summed over the period and clamped.
 * @param options.clamp - the largest sum told apart, 1 to 2^20
 * @throws RegistryError `range-invalid`, `mechanism-unfit`
 */
export function count(
  options: WithMechanism & { readonly clamp: number },
): Declared<number | undefined> & { readonly kind: 'count' } {
  const { clamp } = options;
  if (!Number.isInteger(clamp) || clamp < 1 || clamp > 2 ** 20) {
    throw new RegistryError('range-invalid', '', 'clamp is an integer from 1 to 2^20');
  }
  return {
    ...common(options),
    kind: 'count',
    aggregate: 'sum',
    domain: { clamp },
    client: fit(options.mechanism, FIT.count),
    domainSize: clamp + 1,
    none: 0,
    encode: (input = 1) => (Number.isFinite(input) && input >= 0 ? Math.min(clamp, Math.round(input)) : undefined),
  };
}

export interface NumberOptions {
  /** What lies outside goes to the first or the last bucket. */
  readonly range: readonly [low: number, high: number];
  /** Number of buckets, 2 to 4096. */
  readonly buckets: number;
  /** Buckets of equal ratio (`log`, the default for timings) or of equal width (`linear`). */
  readonly scale?: 'log' | 'linear';
  /** `random` unless told. */
  readonly aggregate?: 'random' | 'first' | 'last' | 'max';
}

function bucketed<K extends 'timing' | 'quantity'>(
  kind: K,
  options: WithMechanism & NumberOptions & { readonly unit: string },
): Declared<number> & { readonly kind: K } {
  const [low, high] = options.range;
  const scale = options.scale ?? (kind === 'timing' ? 'log' : 'linear');
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high) || (scale === 'log' && low <= 0)) {
    throw new RegistryError('range-invalid', '', 'range is [low, high], low < high, and 0 < low on a log scale');
  }
  if (!Number.isInteger(options.buckets) || options.buckets < 2 || options.buckets > policy.maxCategories) {
    throw new RegistryError('range-invalid', '', `buckets is an integer from 2 to ${policy.maxCategories}`);
  }
  return fromEdges(kind, options, makeEdges(low, high, options.buckets, scale));
}

/** Buckets so narrow that their edges are equal once rounded are the declaration's fault. */
function makeEdges(low: number, high: number, buckets: number, scale: 'log' | 'linear'): Edges {
  try {
    return scale === 'log' ? logBuckets(low, high, buckets) : linearBuckets(low, high, buckets);
  } catch (error) {
    if (!(error instanceof MechanismError)) throw error;
    throw new RegistryError('range-invalid', '', `${error.message}; take fewer buckets or a wider range`);
  }
}

/** The same from ready edges: how a canonical registry is read back. */
export function fromEdges<K extends 'timing' | 'quantity'>(
  kind: K,
  options: WithMechanism & Pick<NumberOptions, 'aggregate'> & { readonly unit: string },
  edges: readonly number[],
): Declared<number> & { readonly kind: K } {
  if (typeof options.unit !== 'string' || options.unit === '' || options.unit.length > 20) {
    throw new RegistryError('range-invalid', '', 'unit is a text of 1 to 20 characters');
  }
  return {
    ...common(options),
    kind,
    aggregate: oneOf(options.aggregate ?? 'random', ['random', 'first', 'last', 'max']),
    domain: { unit: options.unit, edges },
    client: fit(options.mechanism, FIT.number),
    domainSize: edges.length,
    none: edges.length - 1,
    encode: (input) => (Number.isFinite(input) ? bucketIndex(edges, input) : undefined),
  };
}

/**
 * A duration in milliseconds.
 * @throws RegistryError `range-invalid`, `aggregate-invalid`, `mechanism-unfit`
 */
export function timing(options: WithMechanism & NumberOptions): Declared<number> & { readonly kind: 'timing' } {
  return bucketed('timing', { ...options, unit: 'ms' });
}

/**
 * A number with a unit.
 * @throws RegistryError `range-invalid`, `aggregate-invalid`, `mechanism-unfit`
 */
export function quantity(
  options: WithMechanism & NumberOptions & { readonly unit: string },
): Declared<number> & { readonly kind: 'quantity' } {
  return bucketed('quantity', options);
}

/**
 * A string from an open set. It has no mechanism yet: it is declared, shown and fingerprinted, costs nothing and
 * stays silent; events recorded for it are dropped with the reason `inactive`.
 * @throws RegistryError `range-invalid`, `aggregate-invalid`
 */
export function text(
  options: MetricOptions & { readonly maxLength: number; readonly aggregate?: 'last' | 'random' },
): Declared<string> & { readonly kind: 'text' } {
  const { maxLength } = options;
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > 1024) {
    throw new RegistryError('range-invalid', '', 'maxLength is an integer from 1 to 1024');
  }
  return {
    ...common(options),
    kind: 'text',
    aggregate: oneOf(options.aggregate ?? 'last', ['last', 'random']),
    domain: { maxLength },
    domainSize: 0,
    none: 0,
    encode: () => undefined,
  };
}
