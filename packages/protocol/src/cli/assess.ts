import { type IndexParams, type LatchedParams, MICRO, type TextShape } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { type SilentAfter, silentAfter } from '../node/silent-after.js';
import { EXPIRY_NOTICE_DAYS, policy } from '../policy.js';
import type { Latch, Metric } from '../registry/metric.js';
import { chargePerWindow } from '../registry/participation.js';
import type { Bound, Registry } from '../registry/registry.js';
import { formatDay } from '../time.js';
import { betterFor, percentLess } from './advice.js';
import { batchBytes } from './batch-bytes.js';
import { inclusionShares } from './inclusion.js';
import { linkingBits } from './linking.js';
import { predict } from './predict.js';
import type { Prediction } from './prediction.js';

export type WarningCode =
  | 'expires-soon'
  | 'outlives-budget'
  | 'nothing-visible'
  | 'better-mechanism'
  | 'better-shape'
  | 'linkable'
  | 'few-counters'
  | 'batch-splits';

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
  readonly mechanism: string;
  readonly epsilon: number;
  /** Computed from the integer thresholds. */
  readonly effectiveEpsilon: number;
  readonly reportBytes: number;
  readonly expires: string;
  /** Share of installations that draw it in a budget window. */
  readonly inclusion: number;
  readonly predictions: readonly Prediction[];
  readonly latch?: LatchAssessment;
}

/** What an epoch of a latched metric costs. */
export interface LatchAssessment {
  readonly epoch: number;
  readonly reports: number;
  /** Of all reports of an epoch, and of however many. */
  readonly epsilonEpoch: number;
  readonly epsilonInfinity: number;
  /** Bits by which reports of one half of an epoch tell whose those of the other half are, the cohort apart. */
  readonly linkingBits: number;
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
  readonly silentAfter: SilentAfter;
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
  const silent = silentAfter(registry);
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
    silentAfter: silent,
    batchBytes: bytes,
    metrics,
    warnings: [
      ...batchWarnings(bytes),
      ...Object.values(registry.metrics).flatMap((metric) => metricWarnings(metric, today, silent.days)),
      ...metrics.flatMap(visibilityWarnings),
      ...metrics.flatMap(linkingWarnings),
      ...Object.values(registry.metrics).flatMap(counterWarnings),
      ...Object.values(registry.metrics).flatMap((metric) =>
        mechanismWarnings(metric, registry.expectedClients * (shares.get(metric.id) ?? 0)),
      ),
    ],
  };
}

function assessMetric(metric: Metric, inclusion: number, expectedClients: number): MetricAssessment {
  const { params } = metric;
  const channel = catalogue.get(params.mechanism)?.channel;
  return {
    id: metric.id,
    kind: metric.kind,
    period: metric.period,
    mechanism: params.mechanism,
    epsilon: metric.microEpsilon / MICRO,
    effectiveEpsilon: channel?.effectiveEpsilon(params as IndexParams & LatchedParams) ?? 0,
    reportBytes: params.reportBytes,
    expires: metric.expires,
    inclusion,
    predictions: predict(metric, expectedClients * inclusion),
    ...(metric.latch === undefined ? {} : { latch: assessLatch(metric, metric.latch) }),
  };
}

function assessLatch(metric: Metric, { epoch, epsilonInfinity }: Latch): LatchAssessment {
  const reports = metric.microEpoch.length;
  const epsilonEpoch = (metric.microEpoch[reports - 1] as number) / MICRO;
  return { epoch, reports, epsilonEpoch, epsilonInfinity, linkingBits: linkingBits(metric) };
}

function batchWarnings(bytes: number): readonly Warning[] {
  if (bytes <= policy.maxBatchBytes) return [];
  const message = `one report of every metric takes ${bytes} bytes, above the limit of ${policy.maxBatchBytes}: devices send several batches`;
  return [{ code: 'batch-splits', where: '', message }];
}

function metricWarnings(metric: Metric, today: number, silentDays: number): readonly Warning[] {
  const warnings: Warning[] = [];
  const warn = (code: WarningCode, message: string): void => {
    warnings.push({ code, where: metric.id, message });
  };
  const left = metric.expiryDay - today;
  if (left <= 0) warn('expires-soon', `expired after ${metric.expires} and is silent; renew or remove it`);
  else if (left <= EXPIRY_NOTICE_DAYS) warn('expires-soon', `expires in ${left} day(s); renew or remove it`);
  if (left > silentDays) {
    const silent = formatDay(today + silentDays);
    warn(
      'outlives-budget',
      `is meant to last until ${metric.expires}, but a device that starts today is silent from ${silent}; raise the lifetime, lower epsilons or lengthen periods`,
    );
  }
  return warnings;
}

/** An installation among a thousand, for as long as an epoch lasts. */
export const LINKABLE_BITS = 10;

function linkingWarnings({ id, latch }: MetricAssessment): readonly Warning[] {
  if (latch === undefined || latch.linkingBits <= LINKABLE_BITS) return [];
  const message = `its reports of an epoch are as good as an identifier for that long (${latch.linkingBits.toFixed(0)} bits); take fewer reports in an epoch, fewer bits, or a smaller epsilonFirst`;
  return [{ code: 'linkable', where: id, message }];
}

/** Below it, heavy texts that are no candidates make false ones more often than promised (docs/decoding-texts.md). */
const FEWEST_COUNTERS = 1024;

function counterWarnings({ id, params }: Metric): readonly Warning[] {
  const { bits, cohorts } = params as Metric['params'] & Partial<TextShape>;
  if (bits === undefined || cohorts === undefined || bits * cohorts >= FEWEST_COUNTERS) return [];
  const message = `texts are told apart by bits times cohorts, ${bits * cohorts} counters; with fewer than ${FEWEST_COUNTERS} a heavy text that is no candidate makes false detections likelier than .05`;
  return [{ code: 'few-counters', where: id, message }];
}

function visibilityWarnings({ id, predictions }: MetricAssessment): readonly Warning[] {
  const blind = predictions.filter(
    ({ detectionLimit, range }) => detectionLimit !== undefined && detectionLimit >= range,
  );
  if (blind.length === 0) return [];
  const message = `at this number of installations nothing can be seen (${blind.map((p) => p.quantity).join(', ')}); raise epsilon, lengthen the period, or have fewer values`;
  return [{ code: 'nothing-visible', where: id, message }];
}

/** Nothing chooses a mechanism at run time: what would be better is said here, for the developer to write down. */
function mechanismWarnings(metric: Metric, reporters: number): readonly Warning[] {
  const better = betterFor(metric, reporters);
  if (better === undefined) return [];
  const { mechanism, options, reportBytes } = better.advice;
  const less = `${percentLess(better.ratio)} error`;
  if (options.bits !== undefined) {
    const message = `${options.bits} bits and ${options.hashes} hash would know texts with ${less}, in as many bytes or fewer`;
    return [{ code: 'better-shape', where: metric.id, message }];
  }
  const message = `at this number of installations ${mechanism} would have ${less}, in ${reportBytes} byte(s) a report (see advise)`;
  return [{ code: 'better-mechanism', where: metric.id, message }];
}
