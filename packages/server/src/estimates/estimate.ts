import { MICRO } from '@dither/mechanisms';
import { formatDay } from '@dither/protocol';
import { ProblemError } from '../errors.js';
import type { Offered, Registries } from '../ingest/registries.js';
import { serverPolicy } from '../policy.js';
import { type EstimateQuery, ownParameters } from '../schemas/query.js';
import type { WindowCount } from '../storage/storage.js';
import type { AnalystStorage } from '../storage-in-time.js';
import { chooseSeries } from './choose.js';
import { estimateDistribution } from './distribution.js';
import type { DistributionPart, Estimated, FrequenciesPart, TextsPart } from './estimated.js';
import { estimateFrequencies } from './frequencies.js';
import { populationOf } from './population.js';
import type { PostProcessed } from './post-process.js';
import { type EstimateRow, isTelling } from './rows.js';
import { estimateTexts } from './texts.js';
import type { Run } from './thread/thread.js';

/** A period and its reports; `to` is its last day. */
export interface Window {
  readonly from: string;
  readonly to: string;
  readonly n: number;
}

/** What every answer of `GET /v1/metrics/:id/estimate` has. */
interface AnswerHead {
  readonly metric: string;
  readonly app: string;
  readonly fingerprint: string;
  readonly kind: string;
  /** As asked, or null: from the first window, to the last one. */
  readonly from: string | null;
  readonly to: string | null;
  /** Those whose first day lies in from..to. */
  readonly windows: readonly Window[];
  /** What the shares are shares of. */
  readonly population: string;
  /** Reports. */
  readonly n: number;
  /** Of one report: as declared, and from the integers in use, which is never more. */
  readonly epsilon: { readonly declared: number; readonly effective: number };
  readonly mechanism: string;
  /** Of each interval on its own. */
  readonly confidence: number;
  /** `not-enough-data` is about accuracy: no report, or nothing in the whole range could be told. */
  readonly status: 'ok' | 'not-enough-data';
  readonly values: readonly EstimateRow[];
  readonly postProcessed: PostProcessed;
  /** The same metric under other parameters or another meaning: never added to this. */
  readonly otherFingerprints: readonly { readonly fingerprint: string; readonly n: number }[];
}

/** The answer of `GET /v1/metrics/:id/estimate`; `answers` says which question the metric's mechanism answers. */
export type EstimateAnswer = AnswerHead & (FrequenciesPart | DistributionPart | TextsPart);

/** Where an estimate gets what it needs. */
export interface EstimateSources {
  readonly registries: Pick<Registries, 'series'>;
  readonly storage: AnalystStorage;
  readonly run: Run;
}

/**
 * @throws ProblemError `unknown-metric`, `metric-ambiguous`, `query-invalid`, `unknown-candidates`,
 * `estimate-unavailable`
 */
export async function estimateMetric(
  id: string,
  query: EstimateQuery,
  { registries, storage, run }: EstimateSources,
): Promise<EstimateAnswer> {
  const { chosen, others } = chooseSeries(id, query, registries);
  checkParameters(chosen, query);
  const { metric, params, aggregator, channel, app } = chosen;
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
  const { confidence } = serverPolicy;

  const states = await storage.states(metric.fingerprint, from, to);
  const sum = aggregator.empty(params);
  for (const { state } of states) aggregator.merge(params, sum, state);
  const windows = states.map(({ window }) => window);
  const estimate = async (): Promise<Estimated> => {
    switch (chosen.answers) {
      case 'frequencies':
        return estimateFrequencies(chosen, sum, windows, query, confidence);
      case 'distribution':
        return estimateDistribution(chosen, sum, query, { run, confidence });
      case 'texts':
        return estimateTexts(chosen, sum, windows, query, { storage, run, confidence });
    }
  };
  const { rows, postProcessed, own } = await estimate();

  return {
    metric: id,
    app,
    fingerprint: metric.fingerprint,
    kind: metric.kind,
    from: query.from === undefined ? null : formatDay(query.from),
    to: query.to === undefined ? null : formatDay(query.to),
    windows: states.map(({ window, state }) => windowOf(chosen, { window, n: state.n })),
    population: populationOf(chosen),
    n: sum.n,
    epsilon: { declared: metric.microEpsilon / MICRO, effective: channel.effectiveEpsilon(params) },
    mechanism: params.mechanism,
    confidence,
    status: sum.n > 0 && rows.some(isTelling) ? 'ok' : 'not-enough-data',
    values: rows.map(({ row }) => row),
    postProcessed,
    otherFingerprints: await Promise.all(others.map((other) => countAll(other, from, to, storage))),
    ...own,
  };
}

/** A parameter that says nothing about this metric is a mistake, and an answer without it would mislead. */
function checkParameters({ answers }: Offered, query: EstimateQuery): void {
  const others = Object.entries(ownParameters).filter(([name]) => name !== answers);
  const stray = others.flatMap(([, names]) => names).find((name) => query[name] !== undefined);
  if (stray !== undefined)
    throw new ProblemError('query-invalid', `${stray} is not for a metric that answers ${answers}`);
}

export function windowOf({ metric }: Pick<Offered, 'metric'>, { window, n }: WindowCount): Window {
  return { from: formatDay(window), to: formatDay(window + metric.period - 1), n };
}

async function countAll({ metric: { fingerprint } }: Offered, from: number, to: number, storage: AnalystStorage) {
  const windows = (await storage.windows(fingerprint)).filter(({ window }) => from <= window && window <= to);
  return { fingerprint, n: windows.reduce((sum, { n }) => sum + n, 0) };
}
