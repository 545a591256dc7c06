import { MechanismError } from '@dither/mechanisms';
import {
  type Header,
  type Metric,
  policy,
  publicDraw,
  type Receipt,
  type RejectReason,
  visitReports,
} from '@dither/protocol';
import type { Series, ServedRegistry } from './served-registry.js';

/**
 * The reports of a batch that count. They live until the commit, many thousands at a time, so they are numbers and not
 * objects.
 */
export interface Contributions {
  readonly length: number;
  /** Of the registry, in the order of its wire table. */
  readonly series: readonly Series[];
  /** Three a report: its place in `series`, its window, and the byte of the batch at which it begins. */
  readonly entries: readonly number[];
  /** One a report: its public draw, 0 where its mechanism has none. Absent if none of the registry's has. */
  readonly draws?: readonly number[];
}

/** Numbers in `entries` for each report. */
export const ENTRY = 3;

/** What a batch counts once by. */
type BatchName = Pick<Header, 'day' | 'nonce'>;

export interface ReadBatch {
  readonly contributions: Contributions;
  readonly rejected: NonNullable<Receipt['rejected']>;
}

/**
 * What a batch adds to the counters, report by report. Depends on the bytes and the registry alone, on no clock and
 * no state: a log that is replayed counts exactly what was counted the first time.
 *
 * @param header - the batch's own: the day it was made and its nonce, which its public draws follow from
 * @throws BatchError `malformed-batch`
 */
export function readBatch(bytes: Uint8Array, header: BatchName, served: ServedRegistry): ReadBatch {
  const { series } = served;
  const entries: number[] = [];
  const draws: number[] | undefined = series.some(({ params }) => params.draws !== undefined) ? [] : undefined;
  const rejected: { [reason in RejectReason]?: number } = {};
  const reject = (reason: RejectReason) => {
    rejected[reason] = (rejected[reason] ?? 0) + 1;
  };
  // Honest batches rise in (window, metric), and what rises has no second of anything.
  const seen = isRising(bytes, served) ? undefined : new Set<number>();
  visitReports(bytes, served, (index, window, from) => {
    if (seen !== undefined) {
      const key = index * 65_536 + window;
      if (seen.has(key)) {
        reject('second-report');
        return;
      }
      seen.add(key);
    }
    const one = series[index] as Series;
    const { metric, params } = one;
    if (!isWindow(metric, window, header.day)) {
      reject('window-out-of-range');
      return;
    }
    const draw = params.draws === undefined ? undefined : publicDraw(metric.fingerprint, window, header, params.draws);
    if (!isReport(one, bytes, from, draw)) {
      reject('report-malformed');
      return;
    }
    entries.push(index, window, from);
    draws?.push(draw ?? 0);
  });
  const length = entries.length / ENTRY;
  return { contributions: { length, series, entries, ...(draws && { draws }) }, rejected };
}

/** @throws BatchError `malformed-batch` */
function isRising(bytes: Uint8Array, served: ServedRegistry): boolean {
  let rises = true;
  let last = -1;
  visitReports(bytes, served, (index, window) => {
    const place = window * 65_536 + index;
    if (place <= last) rises = false;
    last = place;
  });
  return rises;
}

/** Whether `window` begins a period of the metric that had closed when the batch was made, and not too long ago. */
function isWindow(metric: Metric, window: number, day: number): boolean {
  const end = window + metric.period;
  return window % metric.period === 0 && end <= day && day - end <= policy.maxReportAgeDays;
}

/** Whether a report of the metric's mechanism begins at byte `from`. */
function isReport(series: Series, bytes: Uint8Array, from: number, draw: number | undefined): boolean {
  const { aggregator, params, scratch } = series;
  // Copied: a view of its own for each report is what reading a batch would mostly make.
  for (let i = 0; i < scratch.length; i++) scratch[i] = bytes[from + i] as number;
  try {
    aggregator.decode(params, scratch, draw);
    return true;
  } catch (error) {
    if (error instanceof MechanismError && error.code === 'report-malformed') return false;
    throw error;
  }
}
