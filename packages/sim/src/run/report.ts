import { type LatchedParams, MICRO } from '@dither/mechanisms';
import { type Bound, population as describePopulation, type Registry } from '@dither/protocol';
import type { Accuracy } from '../accuracy.js';
import type { Detection } from '../cells/cell.js';
import type { EngineChoice, EngineName } from '../choose-engine.js';
import type { CoverageTest } from '../coverage.js';
import { type Detections, detectionsOf } from '../detections.js';
import { known } from '../known.js';
import type { Simulated } from '../metrics.js';
import type { Moments } from '../moments.js';
import { policy } from '../policy.js';
import type { BadLines } from '../population/table.js';
import type { Population } from '../population.js';
import type { CellErrors, MetricSummary, Summary } from '../summary.js';

/** One estimated quantity of a metric. The numbers are those of the first repetition; `over` is about all. */
export interface ReportedValue {
  /** The value, the text or the buckets whose share it is, or the quantity's name, such as `mean` or `p75`. */
  readonly value: string;
  /** `frequency`, `quantile`, `histogram`, `text`, or the quantity's name. */
  readonly quantity: string;
  /** Whether it is a share, 0 to 1. */
  readonly isShare: boolean;
  /** Null where nothing is true, such as the mean of no event. */
  readonly truth: number | null;
  /** Unbiased: it may lie below 0 or above 1. Null where nobody answered. */
  readonly estimate: number | null;
  /** Estimate minus truth. */
  readonly error: number | null;
  /** Null of a quantile, which has an interval alone. */
  readonly standardError: number | null;
  /** Ends of the interval. */
  readonly low: number | null;
  readonly high: number | null;
  /** Whether the interval holds the truth. */
  readonly covered: boolean;
  /** Answers it was estimated from. */
  readonly n: number;
  /** The smallest truth that is told from zero 19 times in 20. */
  readonly detectionLimit: number | null;
  /** Of a candidate: in the family-wise list, in the longer one, and the p-value. */
  readonly detection?: Detection;
  /** Of a listed value: whether its interval is above zero when those of all values hold together 19 times in 20. */
  readonly detected?: boolean;
  readonly over: ReportedErrors;
}

/** Over the repetitions in which it is defined; `standardError` is that of the mean, null of a single one. */
export interface ReportedMean {
  readonly mean: number;
  readonly standardError: number | null;
}

/** Null where the errors of no repetition are numbers. */
export type ReportedErrors = { readonly [Name in keyof CellErrors]: number | null };

export interface ReportedMetric {
  readonly id: string;
  readonly kind: string;
  /** What the shares are shares of. */
  readonly population: string;
  readonly mechanism: string;
  /** Of what has a unit. */
  readonly unit?: string;
  /** Declared, of one report: of a latched metric the first of an epoch. */
  readonly epsilon: number;
  /** What the integers in use really give away: at most `epsilon`. */
  readonly effectiveEpsilon: number;
  /** Of a latched metric: epsilon of however many reports of one epoch. */
  readonly epsilonInfinity?: number;
  readonly reportBytes: number;
  /** Installations that reported it. */
  readonly n: number;
  /** Over its shares and all repetitions. */
  readonly mse: number | null;
  readonly maxError: number | null;
  /** Figures of each repetition, averaged; null where a metric has no such figure. */
  readonly accuracy: { readonly [Measure in keyof Accuracy]: ReportedMean | null };
  /** Of a text metric. */
  readonly detections?: Detections;
  readonly values: readonly ReportedValue[];
}

/** One of several windows. */
export interface ReportedWindow {
  /** From one. */
  readonly window: number;
  readonly metrics: readonly ReportedMetric[];
}

/** What `dither-sim run --json` prints. Depends on the input and the seed alone. */
export interface RunReport {
  readonly command: 'run';
  /** Arguments that make it again. */
  readonly arguments: readonly string[];
  readonly seed: string;
  /** Of each repetition. */
  readonly clients: number;
  /** Of each window. */
  readonly repetitions: number;
  /** Whether it was stopped: it is about what was done until then, of what was asked for. */
  readonly isPartial?: true;
  readonly asked?: { readonly clients: number; readonly repetitions: number; readonly windows: number };
  readonly engine: {
    readonly name: EngineName;
    readonly reason: string;
    /** Metrics whose counters are drawn independently of each other: sums and comparisons of their values come out wrong. */
    readonly marginal: readonly string[];
  };
  readonly registry: { readonly app: string; readonly fingerprint: string };
  readonly population: { readonly name: string; readonly badLines?: BadLines };
  /** Most that one installation spends over all metrics, in epsilon. */
  readonly bound: Bound;
  readonly confidence: number;
  /** Numbers of the first repetition, and of the first window where there are several. */
  readonly metrics: readonly ReportedMetric[];
  /** Where there are several. */
  readonly windows?: readonly ReportedWindow[];
  /** Over all shares, repetitions and windows. */
  readonly mse: number | null;
  readonly maxError: number | null;
  /** All intervals of all repetitions, and how many held the truth. */
  readonly intervals: { readonly count: number; readonly covered: number };
  readonly coverage: CoverageTest;
}

export interface RunReportOptions {
  readonly arguments?: readonly string[];
  readonly registry: Registry;
  readonly population: Population;
  readonly clients: number;
  readonly seed: string;
  /** What counted the reports; clients unless told. */
  readonly choice?: Pick<EngineChoice, 'name' | 'reason' | 'marginal'>;
  /** Of all windows. */
  readonly summary: Summary;
  /** Of each window, where there are several. */
  readonly windows?: readonly Summary[];
  /** Where the run was stopped: what was asked for. */
  readonly asked?: RunReport['asked'];
}

export function runReport(options: RunReportOptions): RunReport {
  const { registry, population, clients, seed, summary, windows, asked, choice = IN_CODE } = options;
  const { badLines } = population;
  return {
    command: 'run',
    arguments: options.arguments ?? ['run'],
    seed,
    clients,
    repetitions: windows?.[0]?.repetitions ?? summary.repetitions,
    ...(asked === undefined ? {} : { isPartial: true, asked }),
    engine: { name: choice.name, reason: choice.reason, marginal: choice.marginal },
    registry: { app: registry.app, fingerprint: registry.fingerprint },
    population: { name: population.name, ...(badLines === undefined ? {} : { badLines }) },
    bound: registry.bound,
    confidence: policy.confidence,
    metrics: summary.metrics.map(reportMetric),
    ...(windows === undefined
      ? {}
      : { windows: windows.map((of, i) => ({ window: i + 1, metrics: of.metrics.map(reportMetric) })) }),
    mse: summary.mse,
    maxError: summary.maxError,
    intervals: { count: summary.intervals, covered: summary.covered },
    coverage: summary.coverage,
  };
}

/** Of a run that was made from code. */
const IN_CODE = { name: 'clients', reason: 'as asked', marginal: [] } as const;

function reportMetric({ metric: simulated, n, mse, maxError, accuracy, cells }: MetricSummary): ReportedMetric {
  const { metric, mechanism, params, isLatched }: Simulated = simulated;
  const { unit } = metric.domain;
  return {
    id: metric.id,
    kind: metric.kind,
    population: describePopulation(metric),
    mechanism: mechanism.id,
    ...(unit === undefined ? {} : { unit }),
    epsilon: metric.microEpsilon / MICRO,
    effectiveEpsilon: mechanism.channel.effectiveEpsilon(params),
    ...(isLatched ? { epsilonInfinity: (params as LatchedParams).microInfinity / MICRO } : {}),
    reportBytes: params.reportBytes,
    n,
    mse,
    maxError,
    accuracy: Object.fromEntries([...accuracy].map(([measure, moments]) => [measure, reportMean(moments)])) as {
      [Measure in keyof Accuracy]: ReportedMean | null;
    },
    ...(simulated.answers === 'texts' && n > 0 ? { detections: detectionsOf(cells.map(({ cell }) => cell)) } : {}),
    values: cells.map(reportValue),
  };
}

function reportMean({ mean, standardError }: Moments): ReportedMean | null {
  return Number.isNaN(mean) ? null : { mean, standardError: known(standardError) };
}

function reportValue({ cell, errors }: MetricSummary['cells'][number]): ReportedValue {
  const { quantity, truth, estimate, error, isCovered, detection, isDetected } = cell;
  return {
    value: quantity.label,
    quantity: quantity.name,
    isShare: quantity.isShare,
    truth: known(truth),
    estimate: known(estimate.value),
    error: known(error),
    standardError: known(estimate.standardError),
    low: known(estimate.low),
    high: known(estimate.high),
    covered: isCovered,
    n: estimate.n,
    detectionLimit: known(estimate.detectionLimit),
    ...(detection === undefined ? {} : { detection }),
    ...(isDetected === undefined ? {} : { detected: isDetected }),
    over: {
      bias: known(errors.bias),
      rmse: known(errors.rmse),
      standardError: known(errors.standardError),
      coverage: known(errors.coverage),
    },
  };
}
