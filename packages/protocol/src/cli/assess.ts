import { MICRO } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { EXPIRY_NOTICE_DAYS, policy } from '../policy.js';
import type { Metric } from '../registry/metric.js';
import { chargePerWindow } from '../registry/participation.js';
import type { Bound, Registry } from '../registry/registry.js';
import { formatDay } from '../time.js';
import { batchBytes } from './batch-bytes.js';
import { inclusionShares } from './inclusion.js';
import { type Prediction, predict } from './predict.js';

export type WarningCode = 'expires-soon' | 'outlives-budget' | 'no-mechanism' | 'nothing-visible' | 'batch-splits';

export interface Warning {
  readonly code: WarningCode;
  /** Id of the metric, or '' for the registry. */
  readonly where: string;
  readonly message: string;
}

export interface MetricAssessment {
  readonly id: string;
  readonly kind: string;
  readonly period: number;
  /** Undefined for a metric that stays silent. */
  readonly mechanism: string | undefined;
  readonly epsilon: number;
  /** Computed from the integer thresholds. */
  readonly effectiveEpsilon: number;
  readonly reportBytes: number;
  readonly expires: string;
  /** Share of installations that draw it in a budget window. */
  readonly inclusion: number;
  readonly predictions: readonly Prediction[];
}

export interface ClassAssessment {
  readonly period: number;
  /** Epsilon per budget window that its metrics get together, and that they would take if all reported. */
  readonly granted: number;
  readonly demanded: number;
  readonly metrics: readonly string[];
  /** Metrics an installation reports in a window, on average. */
  readonly expected: number;
}

/** What `check` has to say, as data. */
export interface Assessment {
  readonly app: string;
  readonly fingerprint: string;
  readonly expectedClients: number;
  readonly bound: Bound;
  readonly participation: 'all' | 'sampled';
  readonly classes: readonly ClassAssessment[];
  /** Full budget windows a device can spend before its lifetime cap, undefined if it spends nothing. */
  readonly silentAfter: { readonly windows: number; readonly days: number } | undefined;
  /** A batch with one report of every metric. */
  readonly batchBytes: number;
  readonly metrics: readonly MetricAssessment[];
  readonly warnings: readonly Warning[];
}

/** @param today - UTC day since 1970-01-01 */
export function assess(registry: Registry, today: number): Assessment {
  const { bound, budget } = registry;
  const shares = new Map(registry.classes.flatMap((c) => [...inclusionShares(c, budget.windowDays)]));
  const metrics = Object.values(registry.metrics).map((metric) =>
    assessMetric(metric, shares.get(metric.id) ?? 0, registry.expectedClients),
  );
  const windows = Math.floor(bound.lifetime / bound.perWindow);
  const silentAfter = bound.perWindow > 0 ? { windows, days: windows * bound.windowDays } : undefined;
  const bytes = batchBytes(registry.wire);
  return {
    app: registry.app,
    fingerprint: registry.fingerprint,
    expectedClients: registry.expectedClients,
    bound,
    participation: registry.participation,
    classes: registry.classes.map(({ period, cap, metrics: members }) => ({
      period,
      granted: cap / MICRO,
      demanded: members.reduce((sum, m) => sum + chargePerWindow(m, budget.windowDays), 0) / MICRO,
      metrics: members.map(({ id }) => id),
      expected: members.reduce((sum, { id }) => sum + (shares.get(id) ?? 0), 0),
    })),
    silentAfter,
    batchBytes: bytes,
    metrics,
    warnings: [
      ...batchWarnings(bytes),
      ...Object.values(registry.metrics).flatMap((metric) => metricWarnings(metric, today, silentAfter?.days)),
      ...metrics.flatMap(visibilityWarnings),
    ],
  };
}

function assessMetric(metric: Metric, inclusion: number, expectedClients: number): MetricAssessment {
  const { params } = metric;
  const channel = catalogue.get(params?.mechanism ?? '')?.channel;
  return {
    id: metric.id,
    kind: metric.kind,
    period: metric.period,
    mechanism: params?.mechanism,
    epsilon: metric.microEpsilon / MICRO,
    effectiveEpsilon: params === undefined ? 0 : (channel?.effectiveEpsilon(params) ?? 0),
    reportBytes: params?.reportBytes ?? 0,
    expires: metric.expires,
    inclusion,
    predictions: predict(metric, expectedClients * inclusion),
  };
}

function batchWarnings(bytes: number): readonly Warning[] {
  if (bytes <= policy.maxBatchBytes) return [];
  const message = `one report of every metric takes ${bytes} bytes, above the limit of ${policy.maxBatchBytes}: devices send several batches`;
  return [{ code: 'batch-splits', where: '', message }];
}

function metricWarnings(metric: Metric, today: number, silentDays: number | undefined): readonly Warning[] {
  const warnings: Warning[] = [];
  const warn = (code: WarningCode, message: string): void => {
    warnings.push({ code, where: metric.id, message });
  };
  const left = metric.expiryDay - today;
  if (left <= 0) warn('expires-soon', `expired after ${metric.expires} and is silent; renew or remove it`);
  else if (left <= EXPIRY_NOTICE_DAYS) warn('expires-soon', `expires in ${left} day(s); renew or remove it`);
  if (metric.params === undefined) {
    warn('no-mechanism', `a ${metric.kind} metric has no mechanism in this version: it costs nothing and stays silent`);
  } else if (silentDays !== undefined && left > silentDays) {
    const silent = formatDay(today + silentDays);
    warn(
      'outlives-budget',
      `is meant to last until ${metric.expires}, but a device that starts today is silent from ${silent}; raise the lifetime, lower epsilons or lengthen periods`,
    );
  }
  return warnings;
}

function visibilityWarnings({ id, predictions }: MetricAssessment): readonly Warning[] {
  const blind = predictions.filter(({ detectionLimit, range }) => detectionLimit >= range);
  if (blind.length === 0) return [];
  const message = `at this number of installations nothing can be seen (${blind.map((p) => p.quantity).join(', ')}); raise epsilon, lengthen the period, or have fewer values`;
  return [{ code: 'nothing-visible', where: id, message }];
}
