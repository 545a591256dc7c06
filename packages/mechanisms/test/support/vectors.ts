import { encodeState, type Mechanism, recordedSource, type Threshold, type WordSource } from '@dither/mechanisms';
import { codeOf, fromHex, hex } from './ensure.js';

/** What a vector fixes: an implementation that is given these must produce the rest. */
export interface VectorInput {
  readonly options: { readonly epsilon: number; readonly domainSize: number };
  readonly reports: readonly { readonly value: number; readonly words: readonly number[] }[];
}

/** A vector as its file holds it. */
export interface Vector {
  readonly options: VectorInput['options'];
  /** Thresholds as 16 hex digits, in units of 2^-64. */
  readonly params: Readonly<Record<string, number | string>>;
  readonly reports: readonly { readonly value: number; readonly words: readonly number[]; readonly report: string }[];
  /** All reports accumulated: the counters, and the bytes of the state. */
  readonly n: number;
  readonly counts: readonly number[];
  readonly state: string;
  /** To twelve significant digits: the last ones of exp and log may differ between engines. */
  readonly estimates: readonly Readonly<Record<string, number | string>>[];
}

/** Bytes that must be refused. */
export interface BadVector {
  readonly options: VectorInput['options'];
  readonly report: string;
  readonly code: string;
  readonly why: string;
}

function isThreshold(value: unknown): value is Threshold {
  return typeof value === 'object' && value !== null && 'high' in value && 'low' in value;
}

function readable(value: unknown): number | string {
  if (!isThreshold(value)) return value as number | string;
  return [value.high, value.low].map((half) => half.toString(16).padStart(8, '0')).join('');
}

/** JSON has no infinity: a detection limit that nothing reaches reads so. */
function rounded(value: number | string): number | string {
  if (typeof value === 'string') return value;
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : String(value);
}

/** Runs a mechanism on a vector's input. Throws unless every report uses exactly its words. */
export function runVector({ client, aggregator }: Mechanism, { options, reports }: VectorInput): Vector {
  const params = client.params(options);
  const state = aggregator.empty(params);
  const sent = reports.map(({ value, words }) => {
    const source = recordedSource(words);
    const bytes = client.encode(params, client.randomize(params, value, source));
    if (codeOf(() => source.next()) !== 'source-exhausted') throw new Error('a vector lists words that are not used');
    aggregator.accumulate(params, state, aggregator.decode(params, bytes));
    return { value, words: [...words], report: hex(bytes) };
  });
  const quantities = aggregator.quantities(params);
  return {
    options,
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, readable(value)])),
    reports: sent,
    n: state.n,
    counts: [...state.counts],
    state: hex(encodeState(state)),
    estimates: aggregator.estimate(params, state).map((estimate, j) => {
      const { name, index } = quantities[j] ?? { name: 'unnamed' };
      const numbers = Object.entries(estimate).map(([key, value]) => [key, rounded(value)]);
      return { name, ...(index === undefined ? {} : { index }), ...Object.fromEntries(numbers) };
    }),
  };
}

/** The code with which a report's bytes are refused, or `returned`. */
export function refusal({ client, aggregator }: Mechanism, { options, report }: BadVector): string {
  return codeOf(() => aggregator.decode(client.params(options), fromHex(report)));
}

/** Draws from `source` and remembers the words. */
export function recording(source: WordSource): WordSource & { readonly words: number[] } {
  const words: number[] = [];
  return {
    words,
    next() {
      const word = source.next();
      words.push(word);
      return word;
    },
  };
}
