import type { Comparison, FieldChange, MetricChange } from './compare.js';

const SERIES: { readonly [series in MetricChange['series']]: string } = {
  begins: 'added: a series begins',
  ends: 'removed: its series ends',
  new: 'a new series, which cannot be added to the old one',
  same: 'the same series goes on',
};

/** For people to read, over several lines. */
export function renderComparison({ metrics, registry, bound, isNewLayout, consent }: Comparison): string {
  const { before, after } = bound;
  const isSameBound =
    before.perWindow === after.perWindow &&
    before.lifetime === after.lifetime &&
    before.windowDays === after.windowDays;
  const said = `epsilon ${after.perWindow} in any ${after.windowDays} days, ${after.lifetime} in its life`;
  const was = `${before.perWindow} in any ${before.windowDays} days, ${before.lifetime} in its life`;
  return [
    'What one device gives away at most, summed over all metrics:',
    isSameBound ? `  unchanged: ${said}.` : `  ${said} (was ${was}).`,
    consent.length === 0 ? '  Devices need no new consent.' : '  Devices ask for consent again before they spend more:',
    ...consent.map((reason) => `    ${reason}`),
    '',
    ...section('Registry:', registry.map(line)),
    ...section('Metrics:', metrics.flatMap(metricLines)),
    isNewLayout
      ? 'The registry has a new fingerprint: give it to the servers before the app ships.'
      : 'The registry keeps its fingerprint: batches look the same.',
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines, ''];
}

function metricLines({ id, series, changes }: MetricChange): string[] {
  return [`  ${id}: ${SERIES[series]}`, ...changes.map((change) => `  ${line(change)}`)];
}

/** Long enough for any number, short enough for a line. */
const SHOWN = 80;

function line({ field, before, after }: FieldChange): string {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  // Of long lists, the part that differs.
  const from = Math.max(before.length, after.length) <= SHOWN ? 0 : Math.max(0, same - 20);
  return `  ${field}: ${cut(before, from)} -> ${cut(after, from)}`;
}

function cut(text: string, from: number): string {
  const part = text.slice(from, from + SHOWN);
  return `${from > 0 ? '...' : ''}${part}${from + SHOWN < text.length ? '...' : ''}`;
}
