import {
  bucketIndex,
  type Edges,
  type IndexClient,
  type LatchedTextClient,
  linearBuckets,
  logBuckets,
  MechanismError,
  type Params,
  type TextClient,
  type TextShape,
} from '@dither/mechanisms';
import { policy } from '../policy.js';
import { RegistryError } from './errors.js';
import { NONE } from './labels.js';
import type { Aggregate, AnyClient, Declared, Latch, MetricOptions } from './metric.js';

/**
 * One function per kind: it takes what a developer declares and returns a metric that knows how to encode its
 * events. The mechanism comes in as a value, so that an app bundles just those it names.
 */

// biome-ignore lint/suspicious/noExplicitAny: params and reports are a mechanism's own affair
type WithMechanism = MetricOptions & { readonly mechanism: IndexClient<any, any> };

/** The mechanisms that answer a kind's question. Others are refused when declared. */
const FIT = {
  boolean: ['rr'],
  category: ['grr', 'sue', 'oue'],
  count: ['one-bit-mean'],
  number: ['square-wave', 'tree', 'grr', 'sue', 'oue'],
  text: ['one-time-rappor', 'rappor'],
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

function fit<C extends AnyClient>(client: C, allowed: readonly string[]): C {
  if (!allowed.includes(client?.id)) {
    throw new RegistryError('mechanism-unfit', '', `this kind is answered by: ${allowed.join(', ')}`);
  }
  return client;
}

/** A mechanism over `domainSize` indices. */
function over(client: WithMechanism['mechanism'], allowed: readonly string[], domainSize: number) {
  const mechanism = fit(client, allowed);
  return {
    client: mechanism,
    domainSize,
    resolve: (epsilon: number): Params => mechanism.params({ epsilon, domainSize }),
  };
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
    ...over(options.mechanism, FIT.boolean, 2),
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
    ...over(options.mechanism, FIT.category, values.length + 1),
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
    ...over(options.mechanism, FIT.count, clamp + 1),
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
    ...over(options.mechanism, FIT.number, edges.length),
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

/** Of the filter: 128 bits, one hash and 64 cohorts unless told; docs/decoding-texts.md says what they do. */
export interface TextOptions extends Partial<TextShape> {
  /** What is longer is cut, in UTF-16 code units; 1 to 1024, 100 unless told. */
  readonly maxLength?: number;
  /** `last` unless told. */
  readonly aggregate?: 'last' | 'random';
}

const SHAPE: TextShape = { bits: 128, hashes: 1, cohorts: 64 };

/**
 * A string from an open set, such as a homepage or the signature of a crash. The server finds those that are frequent
 * among candidates given to it.
 *
 * For something that happens, take `oneTimeRappor`, with an `epsilon` as for every metric. For something that stays,
 * such as a setting, `rappor` and `latch`: the value is randomized once per epoch, and repeated reports cost less
 * than fresh ones.
 *
 * @throws RegistryError `range-invalid`, `aggregate-invalid`, `mechanism-unfit`, `latch-invalid`
 */
export function text(
  options: MetricOptions & TextOptions & { readonly mechanism: TextClient },
): Declared<string> & { readonly kind: 'text' };
export function text(
  options: Omit<MetricOptions, 'epsilon'> &
    TextOptions & { readonly mechanism: LatchedTextClient; readonly latch: Latch },
): Declared<string> & { readonly kind: 'text' };
export function text(
  options: MetricOptions & TextOptions & { readonly mechanism: TextClient | LatchedTextClient; readonly latch?: Latch },
): Declared<string> & { readonly kind: 'text' } {
  const { maxLength = 100, latch } = options;
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > 1024) {
    throw new RegistryError('range-invalid', '', 'maxLength is an integer from 1 to 1024');
  }
  const mechanism = fit(options.mechanism, FIT.text);
  const { bits = SHAPE.bits, hashes = SHAPE.hashes, cohorts = SHAPE.cohorts } = options;
  const shape = { bits, hashes, cohorts };
  return {
    ...common(options),
    kind: 'text',
    aggregate: oneOf(options.aggregate ?? 'last', ['last', 'random']),
    domain: { maxLength },
    client: mechanism,
    domainSize: 0,
    ...stages(mechanism, options, shape),
    ...(latch === undefined ? {} : { latch: { ...latch } }),
    none: '',
    encode: (input) => (typeof input === 'string' && input !== '' ? input.slice(0, maxLength) : undefined),
  };
}

/** One stage or two, as the mechanism has. */
function stages(
  mechanism: TextClient | LatchedTextClient,
  { period, epsilon, latch }: MetricOptions & { readonly latch?: Latch },
  shape: TextShape,
): Pick<Declared, 'resolve'> {
  if (!('latch' in mechanism)) {
    if (latch !== undefined) {
      throw new RegistryError('latch-invalid', '', 'this mechanism has one stage: declare epsilon, and no latch');
    }
    return { resolve: (one) => mechanism.params({ epsilon: one, ...shape }) };
  }
  if (latch === undefined || epsilon !== undefined) {
    const remedy =
      'this mechanism has two stages: declare latch with epsilonFirst, epsilonInfinity and epoch, and no epsilon';
    throw new RegistryError('latch-invalid', '', remedy);
  }
  const reports = latch.epoch / period;
  if (!Number.isInteger(reports) || reports < 2) {
    const remedy = 'an epoch is two or more whole periods; for one report per epoch take a longer period and one stage';
    throw new RegistryError('latch-invalid', '', remedy);
  }
  const { epsilonInfinity } = latch;
  return { resolve: (epsilonFirst) => mechanism.params({ epsilonFirst, epsilonInfinity, reports, ...shape }) };
}
