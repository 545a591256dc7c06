import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { Aggregate, Metric, Value } from '@dither/protocol';
import { policy } from './policy.js';

/**
 * What one period of one metric has come to: `value` is an index of the metric's domain (for `sum`, the sum so
 * far) or a text, absent while there was no event. Bounded whatever is recorded, and the only truth ever on disk.
 */
export interface OpenRecord {
  /** First day of the period. */
  readonly start: number;
  /** Of the metric: under another declaration of its id an index means nothing, and may be out of range. */
  readonly fingerprint: string;
  readonly value?: Value;
  /** For `random`: how many events it was chosen among. */
  readonly events?: number;
  /** For texts: the most code units that `value` can have, so that the room for them is there from the start. */
  readonly maxLength?: number;
  /** For latched metrics: days of an epoch. */
  readonly epoch?: number;
}

/** What is kept of a period in which nothing has happened yet. */
export function emptyRecord({ fingerprint, domain, latch }: Metric, start: number): OpenRecord {
  return {
    start,
    fingerprint,
    ...(domain.maxLength && { maxLength: domain.maxLength }),
    ...(latch && { epoch: latch.epoch }),
  };
}

/** Open records by metric id; of each metric the earliest first. */
export interface OpenRecords {
  readonly [metric: string]: readonly OpenRecord[];
}

/** Whether what was read from storage has their shape. */
export function areRecords(value: unknown): value is OpenRecords {
  return typeof value === 'object' && value !== null && Object.values(value).every(isList);
}

function isList(records: unknown): boolean {
  return Array.isArray(records) && records.every((record) => isValue(record?.value));
}

function isValue(value: unknown): boolean {
  return typeof value === 'string'
    ? value.length <= policy.maxStoredText
    : value === undefined || Number.isFinite(value);
}

/** A count of events stops here, so that a record's size is bounded and a choice stays exact. */
const MAX_EVENTS = 2 ** 31;

/** The value of two stretches of one period, `later` having come after `earlier`. */
function combine(
  metric: Pick<Metric, 'aggregate' | 'domainSize'>,
  earlier: OpenRecord,
  later: OpenRecord,
  source: WordSource,
): OpenRecord {
  if (later.value === undefined) return earlier;
  if (earlier.value === undefined) return { ...earlier, ...later };
  const chosen = combiners[metric.aggregate](earlier.value, later.value, metric);
  if (chosen !== undefined) return { ...earlier, value: chosen };
  // A reservoir of one: each event so far is the one with the same chance.
  const [before, after] = [earlier.events ?? 1, later.events ?? 1];
  const events = Math.min(MAX_EVENTS, before + after);
  const value = uniformInt(source, events) < after ? later.value : earlier.value;
  return { ...earlier, value, events };
}

type Combine = (earlier: Value, later: Value, metric: Pick<Metric, 'domainSize'>) => Value | undefined;

/** Only numbers are summed or compared: no other kind declares it. */
const combiners: { readonly [aggregate in Aggregate]: Combine } = {
  any: () => 1,
  sum: (earlier, later, { domainSize }) => Math.min(Number(earlier) + Number(later), domainSize - 1),
  first: (earlier) => earlier,
  last: (_earlier, later) => later,
  max: (earlier, later) => Math.max(Number(earlier), Number(later)),
  random: () => undefined,
};

/** Whether both are of one period, and of one declaration of the metric. */
export function isSamePeriod(a: OpenRecord, b: OpenRecord): boolean {
  return a.start === b.start && a.fingerprint === b.fingerprint;
}

/** `records` with `record` combined into the period it belongs to. */
export function withRecord(
  metric: Pick<Metric, 'aggregate' | 'domainSize'>,
  records: readonly OpenRecord[],
  record: OpenRecord,
  source: WordSource,
): readonly OpenRecord[] {
  const at = records.findIndex((r) => isSamePeriod(r, record));
  if (at < 0) return [...records, record].sort((a, b) => a.start - b.start);
  return records.map((r, i) => (i === at ? combine(metric, r, record, source) : r));
}

/** The index or text that is randomized for a closed period. */
export function periodValue(metric: Pick<Metric, 'none'>, record: OpenRecord): Value {
  return record.value ?? metric.none;
}
