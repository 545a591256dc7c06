import type { Metric } from './metric.js';

/** What the label of "no event" is in every metric that has it as a value of its own. */
export const NONE = 'none';

/** A label for each value of a metric, in the order of their indexes. */
export function labels(metric: Pick<Metric, 'kind' | 'domain' | 'domainSize'>): readonly string[] {
  const { kind, domain } = metric;
  if (kind === 'boolean') return ['no', 'yes'];
  if (kind === 'category') return [...(domain.values ?? []), NONE];
  if (kind === 'count') return Array.from({ length: metric.domainSize }, (_, value) => String(value));
  if (kind === 'text') return [];
  const edges = domain.edges ?? [];
  return [...edges.slice(1).map((_, i) => rangeLabel(edges, i, i + 1)), NONE];
}

/** What the buckets `from` up to, without, `to` are called: what lies outside the range is in the first or the last. */
export function rangeLabel(edges: readonly number[], from: number, to: number): string {
  const [isFirst, isLast] = [from === 0, to === edges.length - 1];
  if (isFirst && isLast) return 'any';
  if (isFirst) return `below ${edges[to]}`;
  return isLast ? `${edges[from]} or more` : `${edges[from]} to ${edges[to]}`;
}

/** What the shares of a metric are shares of: printed with every estimate. */
export function population(metric: Pick<Metric, 'kind' | 'aggregate' | 'period' | 'latch'>): string {
  const period = days(metric.period);
  const one = {
    any: 'whether it happened at least once',
    sum: 'the sum of the period, clamped',
    first: 'the first event',
    last: 'the last event',
    max: 'the largest event',
    random: 'one random event',
  }[metric.aggregate];
  const when =
    metric.latch && ` before the first report of each epoch of ${days(metric.latch.epoch)}, kept for all of it`;
  return `reporting installations, per period of ${period}: ${one}${when ?? ''}`;
}

function days(n: number): string {
  return n === 1 ? 'one day' : `${n} days`;
}
