import { labels, type Metric, NONE, type Registry, type Value } from '@dither/protocol';
import type { DemoResult } from './demo.js';
import { picture, scaleOf } from './picture.js';
import { type Findings, findings } from './report-texts.js';
import { isText, type MetricResult, type Value as Row } from './results.js';

/** What the demo prints once it is done. */
export function reportText(registry: Registry, result: DemoResult): string {
  return [
    ...result.metrics.map((metric) => metricText(metric)),
    sampleText(registry, result),
    summaryText(result),
  ].join('\n\n');
}

function metricText(result: MetricResult): string {
  const { metric, answer } = result;
  const head = `${metric.id} (${metric.kind}): ${metric.description}`;
  const facts = [
    `n ${answer.n.toLocaleString('en')} reports`,
    `epsilon ${answer.epsilon.declared}`,
    `mechanism ${answer.mechanism}`,
    answer.population,
    ...(answer.answers === 'distribution' ? [`amounts in ${answer.unit}`] : []),
  ].join(' · ');
  const { rows, marks, lines } = worthPrinting(result);
  const width = Math.max(...rows.map(({ label }) => label.length), 'value'.length);
  const columns = `  ${'value'.padEnd(width)} ${['truth', 'estimate', 'low', 'high', 'limit'].map((c) => c.padStart(9)).join(' ')}`;
  const table = rows.map((value) => {
    const numbers = [value.truth, value.value, value.low, value.high, value.detectionLimit];
    const text = numbers.map((x) => figure(x, isShare(value)).padStart(9)).join(' ');
    const alike = rows.filter((other) => scaleName(result, other) === scaleName(result, value));
    const most = isShare(value) ? Math.min(1, scaleOf(alike)) : scaleOf(alike);
    const mark = [marks.get(value), ...(value.isCovered ? [] : ['missed'])].filter((word) => word !== undefined);
    return `  ${value.label.padEnd(width)} ${text}  ${[picture(value, most), ...mark].join('  ')}`;
  });
  const note = answer.status === 'ok' ? [] : ['  not enough data: nothing in the whole range could be told from zero'];
  return [head, `  ${facts}`, columns, ...table, ...lines, ...note].join('\n');
}

/** All rows, unless they are too many to be read. */
function worthPrinting(result: MetricResult): Findings {
  const { values, answer } = result;
  if (answer.answers === 'texts') return findings(result);
  // Of amounts: percentiles and means. The shares of their buckets are in the JSON.
  const rows = answer.answers === 'distribution' ? values.filter(({ quantity }) => quantity !== 'frequency') : values;
  return { rows, marks: new Map(), lines: [] };
}

/** Rows drawn to one scale have one name for it: shares, of which those of single texts are small, or amounts. */
function scaleName({ answer }: MetricResult, row: Row): string {
  if (isText(row) || !isShare(row)) return answer.answers === 'distribution' ? 'amount' : row.quantity;
  return 'share';
}

function isShare({ quantity }: Row): boolean {
  return !['mean', 'total', 'quantile'].includes(quantity);
}

function figure(x: number | null, isPercent: boolean): string {
  if (x === null || Number.isNaN(x)) return '-';
  if (isPercent) return `${(100 * x).toFixed(1)}%`;
  return x.toLocaleString('en', { maximumFractionDigits: Math.abs(x) < 100 ? 2 : 0 });
}

/** One installation: what was true of it, the very bytes that left it, and what its own ledger says it spent. */
function sampleText(registry: Registry, { sample, spentBySample }: DemoResult): string {
  if (sample === undefined) return 'No installation reported.';
  const batches = sample.batches.map(({ hex, truths }, i) => {
    const told = truths.map(
      ({ metric, value }) => `${metric} = ${truthText(registry.metrics[metric] as Metric, value)}`,
    );
    return [
      `  batch ${i + 1}, what was true:`,
      wrap(told.join(', ')),
      '  what left the device, whole:',
      wrap(hex),
    ].join('\n');
  });
  const spent = `  its ledger, read from its storage: epsilon ${spentBySample.inLifetime} spent in all, at most ${spentBySample.inWindow} in any budget window`;
  return ['One installation', ...batches, spent].join('\n');
}

function truthText(metric: Metric, value: Value): string {
  if (typeof value === 'string') return value === '' ? NONE : value;
  const { unit } = metric.domain;
  const label = labels(metric)[value] as string;
  return unit === undefined || value === metric.none ? label : `${label} ${unit}`;
}

function wrap(text: string): string {
  return (text.match(/.{1,100}(?:(?<=[0-9a-f]{100})|\s|$)/g) ?? [text]).map((line) => `    ${line.trim()}`).join('\n');
}

function summaryText(result: DemoResult): string {
  const { badLines, seed } = result;
  return [
    workText(result),
    onceText(result),
    coverageText(result),
    ...(badLines === 0 ? [] : [`${badLines} bad lines were left out, see above`]),
    `seed ${seed}`,
  ].join('\n');
}

function workText({ clients, uploads, seconds }: DemoResult): string {
  const whole = (n: number): string => n.toLocaleString('en');
  return [
    `${whole(clients)} installations in ${seconds.toFixed(0)} s;`,
    `${whole(uploads.delivered)} batches delivered in ${whole(uploads.requests)} requests,`,
    `of which ${whole(uploads.cutBefore)} were cut before and ${whole(uploads.cutAfter)} after they arrived`,
    `(${whole(uploads.duplicates)} retries were answered "counted before")`,
  ].join(' ');
}

function onceText({ exactlyOnce, undelivered, uploads }: DemoResult): string {
  if (uploads.delivered === 0) return 'FAIL nothing was delivered';
  const lost = undelivered === 0 ? '' : `; ${undelivered} batches never arrived`;
  return `${verdict(exactlyOnce && undelivered === 0)} every delivered report is counted exactly once${lost}`;
}

function coverageText({ coverage }: DemoResult): string {
  if (coverage.trials === 0) return 'none coverage: there is no interval to test';
  const { trials, covered, promised, alpha, cells, cellsCovered, canFail, isPassed } = coverage;
  return [
    `${verdict(isPassed)} coverage: of ${trials} independent intervals, one per metric and window,`,
    `${trials - covered} missed the truth (each may miss with probability ${(1 - promised).toFixed(2)};`,
    canFail
      ? `correct intervals fail this test ${(100 * alpha).toFixed(1)}% of the time);`
      : 'so few that this test cannot fail: play more metrics or periods);',
    `of all ${cells}, ${cells - cellsCovered} missed`,
  ].join(' ');
}

function verdict(isOk: boolean): string {
  return isOk ? 'ok  ' : 'FAIL';
}
