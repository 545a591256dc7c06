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

/** One report that counts: add it to the state of its metric in `window`. */
export interface Contribution {
  readonly series: Series;
  readonly window: number;
  /** As the mechanism's `decode` returned it. */
  readonly report: unknown;
}

/** What a batch counts once by. */
type BatchName = Pick<Header, 'day' | 'nonce'>;

export interface ReadBatch {
  readonly contributions: readonly Contribution[];
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
  const contributions: Contribution[] = [];
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
    const decoded = decode(series, report, window, header);
    if (decoded === undefined) reject('report-malformed');
    else contributions.push({ series, window, report: decoded });
  }
  return { contributions, rejected };
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

/** The report, or undefined if it is not one of this mechanism. */
function decode({ aggregator, params, metric }: Series, bytes: Uint8Array, window: number, batch: BatchName): unknown {
  const draw = params.draws === undefined ? undefined : publicDraw(metric.fingerprint, window, batch, params.draws);
  try {
    return aggregator.decode(params, bytes, draw);
  } catch (error) {
    if (error instanceof MechanismError && error.code === 'report-malformed') return undefined;
    throw error;
  }
}
