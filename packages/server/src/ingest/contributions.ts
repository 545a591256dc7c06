import { MechanismError } from '@dither/mechanisms';
import {
  type Header,
  type Metric,
  parseReports,
  policy,
  publicDraw,
  type Receipt,
  type RejectReason,
  type WireReport,
} from '@dither/protocol';
import type { Series, ServedRegistry } from './served-registry.js';

/**
 * The reports of a batch that count, as columns: entry i of each is of report i. They live until the commit, many thousands
 * at a time, so they are numbers and not objects.
 */
export interface Contributions {
  readonly length: number;
  readonly series: readonly Series[];
  /** First day of the period reported: it goes into the state of its metric in that window. */
  readonly windows: readonly number[];
  /** Where in the batch's bytes it begins; it has `params.reportBytes` bytes. */
  readonly places: readonly number[];
  /** Its public draw, where the mechanism has one; else 0. */
  readonly draws: readonly number[];
}

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
  const reports = parseReports(bytes, served);
  const counted = {
    length: 0,
    series: [] as Series[],
    windows: [] as number[],
    places: [] as number[],
    draws: [] as number[],
  };
  const rejected: { [reason in RejectReason]?: number } = {};
  const reject = (reason: RejectReason) => {
    rejected[reason] = (rejected[reason] ?? 0) + 1;
  };
  // Honest batches rise in (window, metric), and what rises has no second of anything.
  const seen = isRising(reports) ? undefined : new Set<number>();
  for (const { index, window, bytes: report } of reports) {
    const series = served.series[index] as Series;
    if (seen !== undefined) {
      const key = index * 65_536 + window;
      if (seen.has(key)) {
        reject('second-report');
        continue;
      }
      seen.add(key);
    }
    if (!isWindow(series.metric, window, header.day)) {
      reject('window-out-of-range');
      continue;
    }
    const { metric, params } = series;
    const draw = params.draws === undefined ? undefined : publicDraw(metric.fingerprint, window, header, params.draws);
    if (!isReport(series, report, draw)) {
      reject('report-malformed');
      continue;
    }
    counted.series.push(series);
    counted.windows.push(window);
    counted.places.push(report.byteOffset - bytes.byteOffset);
    counted.draws.push(draw ?? 0);
    counted.length++;
  }
  return { contributions: counted, rejected };
}

function isRising(reports: readonly WireReport[]): boolean {
  for (let i = 1; i < reports.length; i++) {
    const [a, b] = [reports[i - 1] as WireReport, reports[i] as WireReport];
    if (b.window < a.window || (b.window === a.window && b.index <= a.index)) return false;
  }
  return true;
}

/** Whether `window` begins a period of the metric that had closed when the batch was made, and not too long ago. */
function isWindow(metric: Metric, window: number, day: number): boolean {
  const end = window + metric.period;
  return window % metric.period === 0 && end <= day && day - end <= policy.maxReportAgeDays;
}

/** Whether the bytes are a report of the metric's mechanism. */
function isReport({ aggregator, params }: Series, bytes: Uint8Array, draw: number | undefined): boolean {
  try {
    aggregator.decode(params, bytes, draw);
    return true;
  } catch (error) {
    if (error instanceof MechanismError && error.code === 'report-malformed') return false;
    throw error;
  }
}
