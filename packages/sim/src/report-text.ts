import type { Detections } from './detections.js';
import { bar, clipped, percent, quoted, significant, table, whole } from './format.js';
import type { ReportedMetric, ReportedValue, RunReport } from './report.js';
import { rowsOf } from './report-rows.js';

/** The report as a page of text: a table and bars per metric. */
export function reportText(report: RunReport): string {
  return `${[head(report), ...report.metrics.map((metric) => metricText(metric, report.repetitions)), foot(report)].join('\n\n')}\n`;
}

function head({ registry, population, clients, repetitions, seed, bound }: RunReport): string {
  const badLines = population.badLines?.count ?? 0;
  return [
    `One installation spends at most epsilon ${bound.perWindow} per ${bound.windowDays} days and ${bound.lifetime} in its life, over all metrics.`,
    '',
    `registry     ${registry.app}, fingerprint ${registry.fingerprint}`,
    `population   ${population.name}${badLines === 0 ? '' : `, ${whole(badLines)} lines left out`}`,
    `clients      ${whole(clients)}${repetitions === 1 ? '' : `, ${whole(repetitions)} times; the tables show the first`}`,
    `seed         ${seed}`,
  ].join('\n');
}

function metricText(metric: ReportedMetric, repetitions: number): string {
  const { id, kind, mechanism, epsilon, effectiveEpsilon, epsilonInfinity, n, population, values, detections } = metric;
  const ever = epsilonInfinity === undefined ? '' : `, at most ${epsilonInfinity} per epoch`;
  const title = `${id}: ${kind}, ${mechanism}, epsilon ${epsilon} (in effect ${effectiveEpsilon.toFixed(6)})${ever}, ${whole(n)} installations reported`;
  if (n === 0) return `${title}\n  nothing can be said`;
  const { shown, left } = rowsOf(metric);
  const top = Math.max(...shown.filter((it) => it.isShare).map((it) => Math.max(it.truth ?? 0, it.estimate ?? 0)));
  const header = ['', 'truth', 'estimate', 'error', 'std.error', 'low', 'high', 'holds'];
  if (repetitions > 1) header.push('rmse', 'coverage');
  if (detections !== undefined) header.push('detected');
  const rows = shown.map((it) => row(it, metric, repetitions > 1));
  // A table of texts has a column more, and most of its bars would be empty.
  const bars = detections === undefined ? ['# estimate, | truth', ...shown.map((it) => shareBar(it, top))] : [];
  return [
    title,
    `  of ${population}`,
    ...(detections === undefined ? limits(values) : seen(detections)),
    ...table([header, ...rows]).map((line, i) => `  ${line}  ${bars[i] ?? ''}`.trimEnd()),
    ...(left === undefined ? [] : [`  ${left}`]),
  ].join('\n');
}

function shareBar({ isShare, truth, estimate }: ReportedValue, top: number): string {
  return isShare && estimate !== null && truth !== null ? bar(truth, estimate, top) : '';
}

/** What can be told from zero, said once where it is the same for all. */
function limits(values: readonly ReportedValue[]): readonly string[] {
  const shares = values.filter((it) => it.isShare).map((it) => it.detectionLimit ?? Number.POSITIVE_INFINITY);
  const worst = Math.max(...shares);
  if (shares.length === 0) return [];
  if (worst >= 1) return ['  at this size no share can be told from none'];
  return [`  a share above ${percent(worst)} is told from none 19 times in 20`];
}

function seen(detections: Detections): readonly string[] {
  const { candidates, detected, falselyDetected, listed, falselyListed, visibleShare } = detections;
  return [
    visibleShare === null
      ? `  of ${whole(candidates)} candidates none can be seen at this size, however common`
      : `  of ${whole(candidates)} candidates; a text must be held by about ${percent(visibleShare)} of installations to be seen`,
    `  detected: ${whole(detected)}, of which ${whole(falselyDetected)} are held by nobody (any false one in at most 5% of runs)`,
    `  longer list: ${whole(listed)}, of which ${whole(falselyListed)} are held by nobody (at most 5% false on average)`,
  ];
}

function row(it: ReportedValue, { unit, detections }: ReportedMetric, isRepeated: boolean): readonly string[] {
  const show = (x: number | null): string => (x === null ? '-' : it.isShare ? percent(x) : significant(x));
  const error = it.error === null ? '-' : `${it.error < 0 ? '' : '+'}${show(it.error)}`;
  const cells = [
    it.quantity === 'text'
      ? quoted(it.value)
      : clipped(it.isShare || unit === undefined ? it.value : `${it.value}, ${unit}`),
    show(it.truth),
    show(it.estimate),
    error,
    show(it.standardError),
    show(it.low),
    show(it.high),
  ];
  cells.push(it.covered ? 'yes' : 'NO');
  if (isRepeated) cells.push(show(it.over.rmse), it.over.coverage === null ? '-' : percent(it.over.coverage));
  if (detections !== undefined) cells.push(detectedWord(it));
  return cells;
}

function detectedWord({ detection }: ReportedValue): string {
  if (detection === undefined) return '';
  if (!detection.isListed && !detection.isDetected) return '-';
  return `${detection.isHeld ? '' : 'FALSE, '}${detection.isDetected ? 'yes' : 'longer list'}`;
}

function foot({ mse, maxError, intervals, coverage, confidence }: RunReport): string {
  const { covered, trials, promised, alpha, probability, isPassed } = coverage;
  return [
    ...(mse === null || maxError === null
      ? []
      : [
          `Errors of all shares: mean squared ${significant(mse)} (root ${percent(Math.sqrt(mse))}), largest ${percent(maxError)}.`,
        ]),
    `Intervals that hold the truth: ${whole(intervals.covered)} of ${whole(intervals.count)} at ${significant(100 * confidence)}%.`,
    `Coverage test (one random interval per metric and repetition): ${covered} of ${trials}, promised ${significant(100 * promised)}% of each: ${isPassed ? 'passed' : 'FAILED'}.`,
    `  Chance of so few if the promise is kept: ${significant(probability)}; the test fails below ${alpha}, its false-alarm rate.`,
  ].join('\n');
}
