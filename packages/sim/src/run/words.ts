import { normalQuantile } from '@dither/mechanisms';
import { percent, significant, visible, whole } from '../format.js';
import { policy } from '../policy.js';
import type { ReportedMetric, ReportedValue, RunReport } from './report.js';

/** What a row is called: a text from a file stands in quotes, so that it is never taken for a name of ours. */
export function nameOf({ quantity, value, isShare }: ReportedValue, unit: string | undefined): string {
  if (quantity === 'text') return `"${visible(value)}"`;
  return isShare || unit === undefined ? value : `${value}, ${unit}`;
}

export function amount({ isShare }: Pick<ReportedValue, 'isShare'>, x: number | null): string {
  if (x === null) return '-';
  return isShare ? percent(x) : significant(x);
}

/** A difference of shares, in percentage points. */
function points(share: number): string {
  return (100 * share).toFixed(2);
}

function installations(n: number): string {
  return n === 1 ? '1 installation' : `${whole(n)} installations`;
}

/** What this many installations can tell, for somebody who knows no statistics. */
export function sentenceOf(metric: ReportedMetric): string {
  const { n, kind, values, detections, unit } = metric;
  if (n === 0) return 'No installation reported it: nothing can be said.';
  const those = `With ${installations(n)}`;
  if (detections !== undefined) {
    const { visibleShare } = detections;
    return visibleShare === null
      ? `${those} no text can be seen, however common.`
      : `${those} you will see any text held by more than ${percent(visibleShare)} of them.`;
  }
  const median = values.find(({ value, quantity }) => quantity === 'quantile' && value === 'p50');
  const mean = values.find(({ quantity }) => quantity === 'mean');
  const number = median ?? mean;
  if (number !== undefined) return `${those} ${numberSentence(number, kind, unit)}`;
  const least = Math.max(...values.map(({ detectionLimit }) => detectionLimit ?? Number.POSITIVE_INFINITY));
  if (least >= 1) return `${those} no share can be told from none.`;
  if (kind === 'boolean') {
    const [{ low, high }] = values as [ReportedValue];
    const known = points(((high ?? 1) - (low ?? 0)) / 2);
    return `${those} you will see that it happens if it happens to more than ${percent(least)} of them; their share is known to ${known} percentage points.`;
  }
  if (kind !== 'category')
    return `${those} a range held by more than ${percent(least)} of them is told from an empty one.`;
  const listed = values.filter(({ detected }) => detected !== undefined).length;
  const seen = least * wider(listed);
  return seen >= 1
    ? `${those} no value can be seen among so many.`
    : `${those} you will see any value held by more than about ${percent(seen)} of them.`;
}

/**
 * How much larger a share has to be to be detected among `listed` values, 19 times in 20, than to be told from zero by itself:
 * of what is looked for everywhere something is found everywhere, unless more is asked of it.
 */
function wider(listed: number): number {
  const power = normalQuantile(0.95);
  const together = normalQuantile(1 - policy.detectionAlpha / (2 * Math.max(1, listed)));
  return (together + power) / (normalQuantile(0.5 + policy.confidence / 2) + power);
}

function numberSentence(it: ReportedValue, kind: string, unit: string | undefined): string {
  const what = it.quantity === 'quantile' ? 'the middle value' : 'the mean';
  const said = (x: number | null): string => `${amount(it, x)}${unit === undefined ? '' : ` ${unit}`}`;
  if (it.low === null || it.high === null) return `nothing can be said of ${what}.`;
  const truth = it.truth === null ? '' : `; it is ${said(it.truth)}`;
  // Estimates are unbiased, and may lie where no count can: the table has them as they are.
  const [low, high] = [it.low, it.high].map((x) => (kind === 'count' ? Math.max(0, x) : x)) as [number, number];
  return `${what} is found to lie between ${amount(it, low)} and ${said(high)}${truth}.`;
}

/** Before any number. */
export function leadOf(report: RunReport): readonly string[] {
  const { bound, clients, mse, maxError, intervals, coverage, isPartial } = report;
  const { count, covered } = intervals;
  return [
    ...(isPartial ? ['This run was stopped: here is what was done until then.'] : []),
    ...(mse === null || maxError === null
      ? []
      : [
          `With ${installations(clients)} an estimated share is about ${points(Math.sqrt(mse))} percentage points off, and the worst one was ${points(maxError)} off.`,
        ]),
    `${whole(covered)} of ${whole(count)} intervals hold the truth: ${coverage.isPassed ? 'no fewer than promised' : 'FEWER than promised'}.`,
    `One installation spends at most epsilon ${significant(bound.perWindow)} per ${bound.windowDays} days and ${significant(bound.lifetime)} in its life, over all metrics.`,
  ];
}
