import { MICRO } from '@dither/mechanisms';
import { canonicalJson, type Json } from './canonical.js';
import type { Metric } from './metric.js';
import { paramsToJson } from './params-json.js';
import { chargePerWindow } from './participation.js';
import type { Bound, Registry } from './registry.js';

/** One field that reads differently, in canonical JSON. */
export interface FieldChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/**
 * What becomes of a metric's series of estimates: it begins, ends, goes on (`same`), or the old one ends and one that
 * cannot be added to it begins (`new`).
 */
export interface MetricChange {
  readonly id: string;
  readonly series: 'begins' | 'ends' | 'new' | 'same';
  readonly changes: readonly FieldChange[];
}

/** What `diff` has to say, as data. */
export interface Comparison {
  readonly metrics: readonly MetricChange[];
  /** Fields of the registry itself: app, budget, participation, gpc, expectedClients. */
  readonly registry: readonly FieldChange[];
  readonly bound: { readonly before: Bound; readonly after: Bound };
  /** The layout of batches changes: servers must learn the new registry before its app ships. */
  readonly isNewLayout: boolean;
  /** Why devices must ask again before they spend more than was agreed; empty if they need not. */
  readonly consent: readonly string[];
}

export function compareRegistries(before: Registry, after: Registry): Comparison {
  const ids = [...new Set([...Object.keys(before.metrics), ...Object.keys(after.metrics)])].sort();
  const metrics = ids
    .map((id) => compareMetric(id, metricOf(before, id), metricOf(after, id)))
    .filter(({ series, changes }) => series !== 'same' || changes.length > 0);
  return {
    metrics,
    registry: changed(head(before), head(after)),
    bound: { before: before.bound, after: after.bound },
    isNewLayout: before.fingerprint !== after.fingerprint,
    consent: [...raised(before.bound, after.bound), ...dearer(before, after)],
  };
}

function metricOf(registry: Registry, id: string): Metric | undefined {
  return Object.hasOwn(registry.metrics, id) ? registry.metrics[id] : undefined;
}

function compareMetric(id: string, before: Metric | undefined, after: Metric | undefined): MetricChange {
  if (before === undefined) return { id, series: 'begins', changes: [] };
  if (after === undefined) return { id, series: 'ends', changes: [] };
  const series = before.fingerprint === after.fingerprint ? 'same' : 'new';
  return { id, series, changes: changed(fields(before), fields(after)) };
}

type Fields = { readonly [field: string]: Json | undefined };

function head({ app, budget, participation, gpc, expectedClients }: Registry): Fields {
  return { app, ...budget, participation, gpc, expectedClients };
}

function fields(metric: Metric): Fields {
  const { kind, period, aggregate, description, purpose, owner, expires, reason, params, latch } = metric;
  const { mechanism, ...thresholds } = paramsToJson(params) as Fields;
  // Epsilon and domain are named on their own; what is left follows from them unless a mechanism itself changed.
  const isDerived = {
    epsilon: metric.microEpsilon / MICRO,
    latch: latch as Json | undefined,
    domain: metric.domain as Json,
  };
  return { kind, period, aggregate, ...isDerived, mechanism, thresholds, description, purpose, owner, expires, reason };
}

function changed(before: Fields, after: Fields): readonly FieldChange[] {
  const all = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((field) => ({ field, before: text(before[field]), after: text(after[field]) }))
    .filter((change) => change.before !== change.after);
  const explains = ['epsilon', 'latch', 'domain', 'mechanism', 'kind'];
  return all.filter(({ field }) => field !== 'thresholds' || !all.some((other) => explains.includes(other.field)));
}

function text(value: Json | undefined): string {
  return value === undefined ? 'none' : canonicalJson(value);
}

function raised(before: Bound, after: Bound): readonly string[] {
  const reasons: string[] = [];
  if (after.perWindow > before.perWindow) {
    reasons.push(`the bound per window rises from ${before.perWindow} to ${after.perWindow}`);
  }
  if (after.windowDays !== before.windowDays) {
    // Sums over windows of different lengths cannot be compared, and a device does not try.
    reasons.push(`the window changes from ${before.windowDays} to ${after.windowDays} days`);
  }
  if (after.lifetime > before.lifetime) {
    reasons.push(`the bound of a lifetime rises from ${before.lifetime} to ${after.lifetime}`);
  }
  return reasons;
}

/** Metrics that start to report, or spend more in a window than they did. */
function dearer(before: Registry, after: Registry): readonly string[] {
  const charges = (registry: Registry) =>
    new Map(registry.wire.map((metric) => [metric.id, chargePerWindow(metric, registry.budget.windowDays) / MICRO]));
  const known = charges(before);
  return [...charges(after)].flatMap(([id, charge]) => {
    const was = known.get(id);
    if (was === undefined) return [`${id} starts to report`];
    return charge > was ? [`${id} may spend ${charge} per window, which was ${was}`] : [];
  });
}
