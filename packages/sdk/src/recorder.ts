import type { WordSource } from '@dither/mechanisms';
import type { Value } from '@dither/protocol';
import { MAX_STORED_TEXT } from './policy.js';
import type { AnyDeviceMetric } from './registry.js';

/**
 * What one period of one metric has come to: `value` is an index of the metric's domain (for `sum`, the sum so
 * far) or a text, absent while there was no event. Bounded whatever is recorded, and the only truth ever on disk.
 */
export interface OpenRecord {
  /** First day of the period. */
  readonly start: number;
  /** Of the metric: under another declaration of its id an index means nothing, and may be out of range. */
  readonly fingerprint: string;
  value?: Value | undefined;
  /** For `random`: how many events it was chosen among. */
  events?: number | undefined;
  /** For texts: the most code units that `value` can have, so that the room for them is there from the start. */
  readonly maxLength?: number | undefined;
  /** For latched metrics: days of an epoch. */
  readonly epoch?: number | undefined;
}

/** Open records by metric id; of each metric the earliest first. */
export interface Records {
  [metric: string]: OpenRecord[];
}

/**
 * Combines `later` into the record of the same period and of the same declaration, where there is one.
 * @returns whether there is
 */
export function combineInto(records: Records, metric: AnyDeviceMetric, later: OpenRecord, source: WordSource): boolean {
  const { start, fingerprint, value } = later;
  const own = records[metric.id]?.find((other) => other.start === start && other.fingerprint === fingerprint);
  if (own && value !== undefined) {
    if (own.value === undefined) Object.assign(own, later);
    else metric.combine(own, later, metric.domainSize, source);
  }
  return !!own;
}

/**
 * Keeps that the metric's period which starts on day `start` is open, and what was recorded in it, if anything was.
 * @returns whether it was not open before
 */
export function keepIn(
  records: Records,
  metric: AnyDeviceMetric,
  start: number,
  source: WordSource,
  value?: Value,
): boolean {
  const { id, fingerprint, domain, period, epoch } = metric;
  const { maxLength } = domain;
  const record: OpenRecord = { start, fingerprint, maxLength, epoch: epoch > period ? epoch : undefined, value };
  if (combineInto(records, metric, record, source)) return false;
  records[id] = [...(records[id] ?? []), record];
  return true;
}

/** Whether a text in storage held records; what each says of its metric is for whoever reads it. */
export function areRecords(records: unknown): records is Records {
  return Object.values(records ?? '-').every((own) =>
    own?.every?.((record?: Partial<OpenRecord>) => record?.fingerprint && isValue(record.value)),
  );
}

function isValue(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= MAX_STORED_TEXT : value === undefined || Number.isFinite(value);
}
