import type { Detections } from '../detections.js';
import { percent, whole } from '../format.js';
import type { Axis, IntervalChart, Section, Table } from '../page/page.js';
import type { ReportedMetric, ReportedValue, RunReport } from './report.js';
import { type Rows, rowsOf } from './rows.js';
import { amount, nameOf, sentenceOf } from './words.js';

/** What a run says of a metric: its shares, and before them its numbers where it has both. */
export function metricSections(metric: ReportedMetric, report: RunReport): readonly Section[] {
  const { id, kind, mechanism, epsilon, n } = metric;
  const heading = `${id}: ${kind}, ${mechanism}, epsilon ${epsilon}`;
  const sentence = sentenceOf(metric);
  const notes = notesOf(metric, report);
  if (n === 0) return [{ heading, sentence, notes }];
  const rows = rowsOf(metric);
  const numbers = rows.shown.filter(({ isShare }) => !isShare);
  const shares = rows.shown.filter(({ isShare }) => isShare);
  if (numbers.length === 0 || !shares.some(isSingle)) return [section(heading, sentence, metric, report, rows, notes)];
  return [
    section(heading, sentence, metric, report, { shown: numbers, left: undefined }, notes),
    section(
      `${id}: shares`,
      shares.some(({ quantity }) => quantity === 'histogram')
        ? 'Who had an event, and, among these, how the numbers are spread.'
        : 'The same reports tell of these shares, too.',
      metric,
      report,
      { shown: shares, left: rows.left },
      [],
    ),
  ];
}

function section(
  heading: string,
  sentence: string,
  metric: ReportedMetric,
  report: RunReport,
  rows: Rows,
  notes: readonly string[],
): Section {
  const chart = chartOf(metric, rows.shown);
  return {
    heading,
    sentence,
    ...(chart === undefined ? {} : { chart }),
    table: tableOf(metric, report, rows),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** Beside the shares of all that have an event those of single values would be short. */
const SUMS = ['with-event', 'with-text', 'unexplained'];

function isSingle({ quantity }: ReportedValue): boolean {
  return !SUMS.includes(quantity);
}

/** Of the rows that have one axis: shares, or numbers where there are no others. */
function chartOf({ unit }: ReportedMetric, shown: readonly ReportedValue[]): IntervalChart | undefined {
  const single = shown.filter(isSingle);
  const ofShares = single.some(({ isShare }) => isShare);
  const charted = single.filter(({ isShare }) => isShare === ofShares);
  const rows = charted.flatMap((it) => {
    const { truth, estimate, low, high } = it;
    if (estimate === null || low === null || high === null) return [];
    return [{ label: nameOf(it, unit), truth, estimate, low, high }];
  });
  const axis: Axis = ofShares
    ? { label: 'share of installations', scale: 'linear', format: 'share' }
    : { label: unit ?? 'number', scale: 'linear', format: 'number' };
  return rows.length === 0 ? undefined : { kind: 'intervals', axis, rows };
}

function tableOf({ unit, detections }: ReportedMetric, { repetitions }: RunReport, { shown, left }: Rows): Table {
  const isRepeated = repetitions > 1;
  const isSought = detections !== undefined || shown.some(({ detected }) => detected !== undefined);
  const header = ['', 'truth', 'estimate', 'error', 'std.error', 'low', 'high', 'holds'];
  if (isRepeated) header.push('rmse', 'coverage');
  if (isSought) header.push('detected');
  const rows = shown.map((it) => {
    const error = it.error === null ? '-' : `${it.error < 0 ? '' : '+'}${amount(it, it.error)}`;
    const numbers = [it.truth, it.estimate].map((x) => amount(it, x));
    const ends = [it.standardError, it.low, it.high].map((x) => amount(it, x));
    const cells = [nameOf(it, unit), ...numbers, error, ...ends, it.covered ? 'yes' : 'NO'];
    if (isRepeated) cells.push(amount(it, it.over.rmse), percent(it.over.coverage));
    if (isSought) cells.push(detectedWord(it));
    return cells;
  });
  return { header, rows, ...(left === undefined ? {} : { left }) };
}

function detectedWord({ detection, detected, truth }: ReportedValue): string {
  if (detected !== undefined) return detected ? (truth === 0 ? 'FALSE, yes' : 'yes') : '-';
  if (detection === undefined) return '';
  if (!detection.isListed && !detection.isDetected) return '-';
  return `${detection.isHeld ? '' : 'FALSE, '}${detection.isDetected ? 'yes' : 'longer list'}`;
}

function notesOf(metric: ReportedMetric, { engine }: RunReport): readonly string[] {
  const { id, epsilon, effectiveEpsilon, epsilonInfinity, n, population, detections } = metric;
  const ever = epsilonInfinity === undefined ? '' : `, at most ${epsilonInfinity} per epoch`;
  return [
    `Of ${population}. ${whole(n)} installations reported, at epsilon ${epsilon} (in effect ${effectiveEpsilon.toFixed(6)})${ever}.`,
    ...(n === 0 ? [] : detections === undefined ? limits(metric) : seen(detections)),
    ...(engine.marginal.includes(id)
      ? [
          'Marginal: each count has its exact law, and counts are drawn independently, so that sums and comparisons of values come out wrong.',
        ]
      : []),
  ];
}

/** What can be told from zero, where the sentence is about a number. */
function limits({ values }: ReportedMetric): readonly string[] {
  if (values.every(({ isShare }) => isShare)) return [];
  const shares = values.filter(({ isShare }) => isShare).map((it) => it.detectionLimit ?? Number.POSITIVE_INFINITY);
  const worst = Math.max(...shares);
  if (shares.length === 0) return [];
  if (worst >= 1) return ['At this size no share can be told from none.'];
  return [`A share above ${percent(worst)} is told from none 19 times in 20.`];
}

function seen(detections: Detections): readonly string[] {
  const { candidates, detected, falselyDetected, listed, falselyListed, visibleShare } = detections;
  return [
    visibleShare === null
      ? `Of ${whole(candidates)} candidates none can be seen at this size, however common.`
      : `Of ${whole(candidates)} candidates; a text must be held by about ${percent(visibleShare)} of installations to be seen.`,
    `Detected: ${whole(detected)}, of which ${whole(falselyDetected)} are held by nobody (any false one in at most 5% of runs).`,
    `Longer list: ${whole(listed)}, of which ${whole(falselyListed)} are held by nobody (at most 5% false on average).`,
  ];
}
