import { policy } from './policy.js';
import type { ReportedMetric, ReportedValue, RunReport } from './report.js';

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
  const { id, kind, mechanism, epsilon, effectiveEpsilon, n, population, values } = metric;
  const title = `${id}: ${kind}, ${mechanism}, epsilon ${epsilon} (in effect ${effectiveEpsilon.toFixed(6)}), ${whole(n)} installations reported`;
  if (n === 0) return `${title}\n  nothing can be said`;
  const shown = [...values].sort(byTruth).slice(0, policy.tableRows);
  const top = Math.max(...shown.filter((it) => it.isShare).map((it) => Math.max(it.truth, it.estimate ?? 0)));
  const isRepeated = repetitions > 1;
  const header = ['', 'truth', 'estimate', 'error', 'std.error', 'low', 'high', 'holds'];
  if (isRepeated) header.push('rmse', 'coverage');
  const rows = shown.map((it) => row(it, isRepeated));
  const bars = shown.map((it) => (it.isShare && it.estimate !== null ? bar(it.truth, it.estimate, top) : ''));
  const left = values.length - shown.length;
  return [
    title,
    `  of ${population}`,
    ...limits(values),
    ...table([header, ...rows]).map((line, i) =>
      `  ${line}  ${i === 0 ? '# estimate, | truth' : bars[i - 1]}`.trimEnd(),
    ),
    ...(left === 0 ? [] : [`  and ${left} rarer values: --json has all`]),
  ].join('\n');
}

/** Shares by size, with what is no share after them. */
function byTruth(a: ReportedValue, b: ReportedValue): number {
  return Number(b.isShare) - Number(a.isShare) || b.truth - a.truth;
}

/** What can be told from zero, said once where it is the same for all. */
function limits(values: readonly ReportedValue[]): readonly string[] {
  const shares = values.filter((it) => it.isShare).map((it) => it.detectionLimit ?? Number.POSITIVE_INFINITY);
  const worst = Math.max(...shares);
  if (shares.length === 0) return [];
  if (worst >= 1) return ['  at this size no share can be told from none'];
  return [`  a share above ${percent(worst)} is told from none 19 times in 20`];
}

function row(it: ReportedValue, isRepeated: boolean): readonly string[] {
  const show = (x: number | null): string => (x === null ? '-' : it.isShare ? percent(x) : significant(x));
  const error = it.error === null ? '-' : `${it.error < 0 ? '' : '+'}${show(it.error)}`;
  const cells = [
    clipped(it.value),
    show(it.truth),
    show(it.estimate),
    error,
    show(it.standardError),
    show(it.low),
    show(it.high),
  ];
  cells.push(it.covered ? 'yes' : 'NO');
  if (isRepeated) cells.push(show(it.over.rmse), percent(it.over.coverage));
  return cells;
}

function clipped(label: string): string {
  return label.length <= policy.labelWidth ? label : `${label.slice(0, policy.labelWidth - 3)}...`;
}

/** Columns padded to their widest cell: the first to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  return rows.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
}

/** The estimate as a bar, the truth as a mark on it. */
function bar(truth: number, estimate: number, top: number): string {
  const place = (share: number): number =>
    Math.max(0, Math.min(policy.barWidth, Math.round((share / top) * policy.barWidth)));
  const letters = [...'#'.repeat(place(estimate)).padEnd(policy.barWidth + 1)];
  letters[place(truth)] = '|';
  return letters.join('').trimEnd();
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

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

function significant(x: number): string {
  return String(Number(x.toPrecision(4)));
}

function whole(n: number): string {
  return n.toLocaleString('en');
}
