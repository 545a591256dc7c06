import {
  encodeState,
  type LatchedParams,
  type Mechanism,
  type Params,
  recordedSource,
  type State,
  sourceFrom,
  type TextMechanism,
  type Threshold,
  type WordSource,
} from '@dither/mechanisms';
import { type AnyLatched, type IndexMechanism, isLatched, unlatched, type Value } from '../contract/case.js';
import { codeOf, fromHex, hex } from './ensure.js';

/** What the mechanism's client is declared with. */
export type VectorOptions = Readonly<Record<string, number>>;

/** One report to make: its words are those of the permanent stage, if there is one, and then of the report. */
export interface ReportInput {
  readonly value: Value;
  /** Of a mechanism with two stages, or with public draws. */
  readonly draw?: number;
  readonly words: readonly number[];
}

/** What a vector fixes: an implementation that is given these must produce the rest. */
export interface VectorInput {
  readonly options: VectorOptions;
  readonly reports: readonly ReportInput[];
}

/** A vector as its file holds it. */
export interface Vector {
  readonly options: VectorOptions;
  /** Thresholds as 16 hex digits, in units of 2^-64. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly reports: readonly (ReportInput & {
    /** What is stored between the two stages. */
    readonly permanent?: string;
    readonly report: string;
  })[];
  /** All reports accumulated: the counters, and the bytes of the state. */
  readonly n: number;
  readonly counts: readonly number[];
  readonly state: string;
  /** To twelve significant digits, six where they come from an iteration: the last ones may differ between engines. */
  readonly estimates: readonly Readonly<Record<string, unknown>>[];
}

/** Bytes that must be refused. */
export interface BadVector {
  readonly options: VectorOptions;
  readonly report: string;
  readonly code: string;
  readonly why: string;
}

function isThreshold(value: unknown): value is Threshold {
  return typeof value === 'object' && value !== null && 'high' in value && 'low' in value;
}

/** What a reader can compare: thresholds in hex, the parts of a channel each so; tables derived from the rest are left out. */
function readable(value: unknown): unknown {
  if (isThreshold(value)) return [value.high, value.low].map((half) => half.toString(16).padStart(8, '0')).join('');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const parts = Object.entries(value).filter(([, part]) => typeof part !== 'function');
  return Object.fromEntries(parts.map(([name, part]) => [name, readable(part)]));
}

/** JSON has no infinity: a detection limit that nothing reaches reads so. */
function rounded(record: object, digits: number): Record<string, unknown> {
  const round = (value: unknown) => {
    if (typeof value !== 'number') return value;
    return Number.isFinite(value) ? Number(value.toPrecision(digits)) : String(value);
  };
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, round(value)]));
}

/** Declares the mechanism: which options there are is its own affair. */
export function declare({ client }: Mechanism, options: VectorOptions): Params {
  return (client.params as unknown as (options: VectorOptions) => Params)(options);
}

/** A report as its client makes it, and what was stored on the way. */
export function makeReport(
  { client }: Mechanism,
  params: Params,
  { value, draw }: Omit<ReportInput, 'words'>,
  source: WordSource,
): { readonly permanent?: Uint8Array; readonly bytes: Uint8Array } {
  if (isLatched(client)) {
    const latched: AnyLatched = client;
    const both = params as Params & LatchedParams;
    const permanent = latched.latch(both, value, draw ?? 0, source);
    return { permanent, bytes: latched.encode(both, latched.report(both, permanent, source)) };
  }
  const { randomize, encode } = unlatched(client);
  return { bytes: encode(params, randomize(params, value, source, params.draws === undefined ? undefined : draw)) };
}

/** Runs a mechanism on a vector's input. Throws unless every report uses exactly its words. */
export function runVector(mechanism: Mechanism, { options, reports }: VectorInput): Vector {
  const params = declare(mechanism, options);
  const aggregator = mechanism.aggregator as TextMechanism['aggregator'];
  const state = aggregator.empty(params);
  const sent = reports.map(({ value, draw, words }) => {
    const source = recordedSource(words);
    const input = { value, ...(draw === undefined ? {} : { draw }) };
    const { permanent, bytes } = makeReport(mechanism, params, input, source);
    if (codeOf(() => source.next()) !== 'source-exhausted') throw new Error('a vector lists words that are not used');
    aggregator.accumulate(params, state, aggregator.decode(params, bytes, draw));
    const stored = permanent === undefined ? {} : { permanent: hex(permanent) };
    return { ...input, words: [...words], ...stored, report: hex(bytes) };
  });
  return {
    options,
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, readable(value)])),
    reports: sent,
    n: state.n,
    counts: [...state.counts],
    state: hex(encodeState(state)),
    estimates: estimatesOf(mechanism, params, state, reports),
  };
}

function estimatesOf(
  mechanism: Mechanism,
  params: Params,
  state: State,
  reports: readonly ReportInput[],
): Record<string, unknown>[] {
  if (mechanism.answers === 'texts') {
    const candidates = [...new Set(reports.map(({ value }) => String(value)))].filter((text) => text !== '');
    const { texts, withText, unexplained, misfit } = mechanism.aggregator.texts(params, state, { candidates });
    const named = { withText, unexplained, misfit: { value: misfit } };
    return [...texts, ...Object.entries(named).map(([name, estimate]) => ({ name, ...estimate }))].map((estimate) =>
      rounded(estimate, 6),
    );
  }
  return indexEstimates(mechanism, params as Parameters<IndexMechanism['aggregator']['empty']>[0], state);
}

function indexEstimates(
  mechanism: IndexMechanism,
  params: Parameters<IndexMechanism['aggregator']['empty']>[0],
  state: State,
): Record<string, unknown>[] {
  if (mechanism.answers === 'frequencies') {
    const quantities = mechanism.aggregator.quantities(params);
    return mechanism.aggregator.estimate(params, state).map((estimate, j) => {
      const { name, index } = quantities[j] ?? { name: 'unnamed' };
      return { name, ...(index === undefined ? {} : { index }), ...rounded(estimate, 12) };
    });
  }
  const cells = params.domainSize - 1;
  const question = { quantiles: [0.5, 0.95], above: [0], amounts: Float64Array.from({ length: cells }, (_, i) => i) };
  const found = mechanism.aggregator.distribution(params, state, question);
  const named = { withEvent: found.withEvent, mean: found.mean, above: found.above[0] };
  return [
    ...Object.entries(named).map(([name, estimate]) => ({ name, ...estimate })),
    ...found.quantiles.map((quantile) => ({ name: 'quantile', ...quantile })),
  ].map((estimate) => rounded(estimate, 6));
}

/** The code with which a report's bytes are refused, or `returned`. */
export function refusal(mechanism: Mechanism, { options, report }: BadVector): string {
  const aggregator = mechanism.aggregator as TextMechanism['aggregator'];
  const params = declare(mechanism, options);
  return codeOf(() => aggregator.decode(params, fromHex(report), params.draws === undefined ? undefined : 0));
}

/** Draws from `source` and remembers the words. */
export function recording(source: WordSource): { readonly source: WordSource; readonly words: readonly number[] } {
  const words: number[] = [];
  const remembered = sourceFrom(() => {
    words.push(source.next());
    return words.at(-1) as number;
  }, 1);
  return { source: remembered, words };
}

/** A permanent response derived from a key: in the file of a mechanism with two stages. */
export interface KeyedVector {
  readonly options: VectorOptions;
  /** Hex. */
  readonly key: string;
  readonly message: string;
  readonly value: string;
  readonly draw: number;
  readonly permanent: string;
}

export function hasTwoStages(mechanism: Mechanism): boolean {
  return isLatched(mechanism.client);
}
