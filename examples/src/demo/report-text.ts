import { type Metric, NONE, type Registry } from '@dither/protocol';
import type { DemoResult } from './demo.js';
import { picture, scaleOf } from './picture.js';
import type { MetricResult, Value } from './results.js';

/** What the demo prints once it is done. */
export function reportText(registry: Registry, result: DemoResult): string {
  return [
    ...result.metrics.map((metric) => metricText(metric)),
    sampleText(registry, result),
    summaryText(result),
  ].join('\n\n');
}

function metricText({ metric, answer, values }: MetricResult): string {
  const head = `${metric.id} (${metric.kind}): ${metric.description}`;
  const facts = [
    `n ${answer.n.toLocaleString('en')} reports`,
    `epsilon ${answer.epsilon.declared}`,
    `mechanism ${answer.mechanism}`,
    answer.population,
  ].join(' · ');
  const columns = `  ${'value'.padEnd(16)} ${['truth', 'estimate', 'low', 'high', 'limit'].map((c) => c.padStart(9)).join(' ')}`;
  const shares = values.filter(isShare);
  const lines = values.map((value) => {
    const top = isShare(value) ? scaleOf(shares) : scaleOf([value]);
    const numbers = [value.truth, value.value, value.low, value.high, value.detectionLimit];
    const text = numbers.map((x) => figure(x, isShare(value)).padStart(9)).join(' ');
    return `  ${value.label.padEnd(16)} ${text}  ${picture(value, top)}${value.isCovered ? '' : '  missed'}`;
  });
  const note = answer.status === 'ok' ? [] : ['  not enough data: nothing in the whole range could be told from zero'];
  return [head, `  ${facts}`, columns, ...lines, ...note].join('\n');
}

/** Shares of one metric are drawn to one scale; a mean or a total has its own. */
function isShare({ quantity }: Value): boolean {
  return quantity !== 'mean' && quantity !== 'total';
}

function figure(x: number | null, isPercent: boolean): string {
  if (x === null) return '-';
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

function truthText(metric: Metric, value: number): string {
  const { values, edges, unit } = metric.domain;
  if (metric.kind === 'boolean') return value === 1 ? 'yes' : 'no';
  if (metric.kind === 'count') return String(value);
  if (value === metric.none) return NONE;
  return values?.[value] ?? `${edges?.[value]} to ${edges?.[value + 1]} ${unit}`;
}

function wrap(text: string): string {
  return (text.match(/.{1,100}(?:(?<=[0-9a-f]{100})|\s|$)/g) ?? [text]).map((line) => `    ${line.trim()}`).join('\n');
}

function summaryText({
  clients,
  uploads,
  coverage,
  exactlyOnce,
  undelivered,
  seed,
  badLines,
  seconds,
}: DemoResult): string {
  const lines = [
    `${clients.toLocaleString('en')} installations in ${seconds.toFixed(0)} s; ${uploads.delivered.toLocaleString('en')} batches delivered in ${uploads.requests.toLocaleString('en')} requests, of which ${uploads.cutBefore} were cut before and ${uploads.cutAfter} after they arrived (${uploads.duplicates} retries were answered "counted before")`,
    `${exactlyOnce && undelivered === 0 ? 'ok  ' : 'FAIL'} every delivered report is counted exactly once${undelivered === 0 ? '' : `; ${undelivered} batches never arrived`}`,
    `${coverage.isPassed ? 'ok  ' : 'FAIL'} coverage: of ${coverage.trials} independent intervals, one per metric and window, ${coverage.trials - coverage.covered} missed the truth (each may miss with probability ${(1 - coverage.promised).toFixed(2)}; correct intervals fail this test ${(100 * coverage.alpha).toFixed(1)}% of the time); of all ${coverage.cells}, ${coverage.cells - coverage.cellsCovered} missed`,
    ...(badLines === 0 ? [] : [`${badLines} bad lines were left out, see above`]),
    `seed ${seed}`,
  ];
  return lines.join('\n');
}
