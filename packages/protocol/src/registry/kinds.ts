import {
  type Edges,
  type IndexClient,
  type LatchedIndexClient,
  type LatchedTextClient,
  linearBuckets,
  logBuckets,
  MechanismError,
  type TextClient,
  type TextShape,
} from '@dither/mechanisms';
import { policy } from '../policy.js';
import { encodeBoolean, encodeCategory, encodeCount, encodeNumber, encodeText } from './encode.js';
import { RegistryError } from './errors.js';
import { NONE } from './labels.js';
import type { Aggregate, Declared, Kind, MetricOptions } from './metric.js';
import { type Staged, staged } from './stages.js';

/**
 * One function per kind: it takes what a developer declares and returns a metric that knows how to encode its
 * events. The mechanism comes in as a value, so that an app bundles just those it names.
 */

// biome-ignore lint/suspicious/noExplicitAny: params and reports are a mechanism's own affair
type AnyIndexClient = IndexClient<any, any>;

type WithMechanism = MetricOptions & { readonly mechanism: AnyIndexClient };

/** A mechanism over values of which each has a share: one stage, or two with a latch. */
type WithStages = Omit<MetricOptions, 'epsilon'> &
  // biome-ignore lint/suspicious/noExplicitAny: params and reports are a mechanism's own affair
  Staged<AnyIndexClient, LatchedIndexClient<any, any>>;

/** Those that estimate the share of each value of a list. */
const FREQUENCIES = [
  'grr',
  'sue',
  'oue',
  'subset-selection',
  'hadamard-response',
  'projective-geometry',
  'local-hashing',
  'recursive-hadamard',
  'count-mean-sketch',
  'hadamard-count-mean-sketch',
  'l-grr',
  'l-osue',
  'loloha',
  'd-bit-flip',
] as const;

/** The mechanisms that answer a kind's question. Others are refused when declared. */
const FIT = {
  boolean: ['rr'],
  category: FREQUENCIES,
  count: ['one-bit-mean', 'duchi', 'piecewise', 'hybrid'],
  number: ['square-wave', 'tree', ...FREQUENCIES],
  text: ['one-time-rappor', 'rappor'],
} as const;

/** Ids of the mechanisms that a kind can be declared with. */
export function mechanismsOf(kind: Kind): readonly string[] {
  return kind === 'timing' || kind === 'quantity' ? FIT.number : FIT[kind];
}

function common(options: MetricOptions | WithStages): MetricOptions {
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
    ...staged(options, FIT.boolean, { domainSize: 2 }),
    domainSize: 2,
    none: 0,
    encode: encodeBoolean,
  };
}

/**
 * One of a closed list. "none" (no event in the period) is a value of its own and need not be listed.
 *
 * For something that happens take a mechanism of one stage, with an `epsilon`. For something that stays, such as a setting
 * that is reported again and again, one of two stages (`lGrr`, `lOsue`, `loloha`, `dBitFlip`) and a `latch`.
 *
 * @param options.aggregate - `last` unless told, or `random`
 * @throws RegistryError `values-invalid`, `aggregate-invalid`, `mechanism-unfit`, `latch-invalid`
 */
export function category<const Value extends string>(
  options: WithStages & { readonly values: readonly Value[]; readonly aggregate?: 'last' | 'random' },
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
  return {
    ...common(options),
    kind: 'category',
    aggregate: oneOf(options.aggregate ?? 'last', ['last', 'random']),
    domain: { values },
    ...staged(options, FIT.category, { domainSize: values.length + 1 }),
    domainSize: values.length + 1,
    none: values.length,
    encode: encodeCategory(values),
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
    ...staged(options, FIT.count, { domainSize: clamp + 1 }),
    domainSize: clamp + 1,
    none: 0,
    encode: encodeCount(clamp),
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
  options: WithStages & NumberOptions & { readonly unit: string },
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
  options: WithStages & Pick<NumberOptions, 'aggregate'> & { readonly unit: string },
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
    ...staged(options, FIT.number, { domainSize: edges.length }),
    domainSize: edges.length,
    none: edges.length - 1,
    encode: encodeNumber(edges),
  };
}

/**
 * A duration in milliseconds.
 * @throws RegistryError `range-invalid`, `aggregate-invalid`, `mechanism-unfit`, `latch-invalid`
 */
export function timing(options: WithStages & NumberOptions): Declared<number> & { readonly kind: 'timing' } {
  return bucketed('timing', { ...options, unit: 'ms' });
}

/**
 * A number with a unit.
 * @throws RegistryError `range-invalid`, `aggregate-invalid`, `mechanism-unfit`, `latch-invalid`
 */
export function quantity(
  options: WithStages & NumberOptions & { readonly unit: string },
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
  options: Omit<MetricOptions, 'epsilon'> & TextOptions & Staged<TextClient, LatchedTextClient>,
): Declared<string> & { readonly kind: 'text' } {
  const { maxLength = 100 } = options;
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > 1024) {
    throw new RegistryError('range-invalid', '', 'maxLength is an integer from 1 to 1024');
  }
  const { bits = SHAPE.bits, hashes = SHAPE.hashes, cohorts = SHAPE.cohorts } = options;
  return {
    ...common(options),
    kind: 'text',
    aggregate: oneOf(options.aggregate ?? 'last', ['last', 'random']),
    domain: { maxLength },
    ...staged(options, FIT.text, { bits, hashes, cohorts }),
    domainSize: 0,
    none: '',
    encode: encodeText(maxLength),
  };
}
