import { MICRO } from '@dither/mechanisms';
import { formatDay, population } from '@dither/protocol';
import type { Offered, Registries } from '../ingest/registries.js';
import { serverPolicy } from '../policy.js';
import type { EstimateQuery } from '../schemas/query.js';
import type { Storage, WindowCount } from '../storage/storage.js';
import { chooseSeries } from './choose.js';
import { type PostProcessed, postProcess } from './post-process.js';
import { type EstimateRow, estimateRows, type RangedRow } from './rows.js';

/** A period and its reports; `to` is its last day. */
export interface Window {
  readonly from: string;
  readonly to: string;
  readonly n: number;
}

/** The answer of `GET /v1/metrics/:id/estimate`. */
export interface EstimateAnswer {
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
  /** `not-enough-data` is about accuracy: no report, or nothing in the whole range could be told from zero. */
  readonly status: 'ok' | 'not-enough-data';
  readonly values: readonly EstimateRow[];
  readonly postProcessed: PostProcessed;
  /** The same metric under other parameters or another meaning: never added to this. */
  readonly otherFingerprints: readonly { readonly fingerprint: string; readonly n: number }[];
}

/** @throws ProblemError `unknown-metric`, `metric-inactive`, `metric-ambiguous` */
export async function estimateMetric(
  id: string,
  query: EstimateQuery,
  registries: Registries,
  storage: Storage,
): Promise<EstimateAnswer> {
  const { chosen, others } = chooseSeries(id, query, registries);
  const { metric, params, mechanism, app } = chosen;
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;

  const states = await storage.states(metric.fingerprint, from, to);
  const sum = mechanism.aggregator.empty(params);
  for (const { state } of states) mechanism.aggregator.merge(params, sum, state);
  const ranged = estimateRows(chosen, sum, serverPolicy.confidence);

  return {
    metric: id,
    app,
    fingerprint: metric.fingerprint,
    kind: metric.kind,
    from: query.from === undefined ? null : formatDay(query.from),
    to: query.to === undefined ? null : formatDay(query.to),
    windows: states.map(({ window, state }) => windowOf(chosen, { window, n: state.n })),
    population: population(metric),
    n: sum.n,
    epsilon: { declared: metric.microEpsilon / MICRO, effective: mechanism.channel.effectiveEpsilon(params) },
    mechanism: mechanism.id,
    confidence: serverPolicy.confidence,
    status: sum.n > 0 && ranged.some(isTelling) ? 'ok' : 'not-enough-data',
    values: ranged.map(({ row }) => row),
    postProcessed: postProcess(ranged, mechanism.aggregator.isDistribution),
    otherFingerprints: await Promise.all(others.map((other) => countAll(other, from, to, storage))),
  };
}

export function windowOf({ metric }: Pick<Offered, 'metric'>, { window, n }: WindowCount): Window {
  return { from: formatDay(window), to: formatDay(window + metric.period - 1), n };
}

/** Whether something in the range could be told from zero at this n, or has been. */
function isTelling({ row, range }: RangedRow): boolean {
  if (row.low !== null && row.low > 0) return true;
  return row.detectionLimit !== null && row.detectionLimit <= range[1];
}

async function countAll({ metric: { fingerprint } }: Offered, from: number, to: number, storage: Storage) {
  const windows = (await storage.windows(fingerprint)).filter(({ window }) => from <= window && window <= to);
  return { fingerprint, n: windows.reduce((sum, { n }) => sum + n, 0) };
}
