import { MICRO } from '@dither/mechanisms';
import type { FastifyInstance } from 'fastify';
import { reader } from '../access/guard.js';
import { type Window, windowOf } from '../estimates/estimate.js';
import { populationOf } from '../estimates/population.js';
import type { Registries } from '../ingest/registries.js';
import type { Series } from '../ingest/served-registry.js';
import type { AnalystStorage } from '../storage-in-time.js';

/** A metric as `GET /v1/metrics` tells of it. */
export interface MetricAnswer {
  readonly id: string;
  readonly app: string;
  readonly fingerprint: string;
  readonly kind: string;
  readonly description: string;
  readonly purpose: string;
  readonly owner: string;
  /** Days. */
  readonly period: number;
  readonly aggregate: string;
  readonly population: string;
  /** Of one report. */
  readonly epsilon: number;
  /** Days over which reports share a stored output, and epsilon of all of them together; of one period unless latched. */
  readonly epoch: number;
  readonly epochEpsilon: number;
  readonly mechanism: string;
  /** What an estimate of it answers. */
  readonly answers: Series['answers'];
  /** Last day of use. */
  readonly expires: string;
  /** Those that hold reports, earliest first. */
  readonly windows: readonly Window[];
}

/** `GET /v1/metrics`: every metric of the current registries. */
export function metricsRoute(
  app: FastifyInstance,
  { registries, storage }: { readonly registries: Registries; readonly storage: AnalystStorage },
): void {
  app.get('/v1/metrics', { config: { access: 'read' } }, async (request) => {
    const { reads } = reader(request);
    const metrics = new Map<string, Promise<MetricAnswer>>();
    for (const registry of registries.current.filter((one) => reads(one.app))) {
      for (const series of registries.find(registry.fingerprint).series) {
        metrics.set(series.metric.fingerprint, describe(registry.app, series, storage));
      }
    }
    return { metrics: await Promise.all(metrics.values()) };
  });
}

async function describe(app: string, series: Series, storage: AnalystStorage): Promise<MetricAnswer> {
  const { metric, answers } = series;
  const windows = await storage.windows(metric.fingerprint);
  return {
    id: metric.id,
    app,
    fingerprint: metric.fingerprint,
    kind: metric.kind,
    description: metric.description,
    purpose: metric.purpose,
    owner: metric.owner,
    period: metric.period,
    aggregate: metric.aggregate,
    population: populationOf(series),
    epsilon: metric.microEpsilon / MICRO,
    epoch: metric.epoch,
    epochEpsilon: (metric.microEpoch.at(-1) as number) / MICRO,
    mechanism: metric.params.mechanism,
    answers,
    expires: metric.expires,
    windows: windows.map((count) => windowOf({ metric }, count)),
  };
}
