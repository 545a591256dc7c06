import type { WordSource } from '@dither/mechanisms';
import type { Value } from '@dither/protocol';
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

/** The period of a metric that starts on day `start`, with what was recorded in it, if anything was. */
export function recordOf(metric: AnyDeviceMetric, start: number, value?: Value): OpenRecord {
  const { fingerprint, domain, period, epoch } = metric;
  return { start, fingerprint, maxLength: domain.maxLength, epoch: epoch > period ? epoch : undefined, value };
}

/** The record of `records` that is of the same period and of the same declaration. */
export function sameOf(records: readonly OpenRecord[] | undefined, { start, fingerprint }: OpenRecord) {
  return records?.find((other) => other.start === start && other.fingerprint === fingerprint);
}

/** Combines `later` into `earlier`, which is of the same period. */
export function combineInto(metric: AnyDeviceMetric, earlier: OpenRecord, later: OpenRecord, source: WordSource): void {
  if (later.value === undefined) return;
  if (earlier.value === undefined) Object.assign(earlier, later);
  else metric.combine(earlier, later, metric.domainSize, source);
}
