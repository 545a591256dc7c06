import { MICRO } from '@dither/mechanisms';
import { type Metric, population, type Registry } from '@dither/protocol';
import type { FastifyInstance } from 'fastify';
import { type Window, windowOf } from '../estimates/estimate.js';
import type { Registries } from '../ingest/registries.js';
import type { Storage } from '../storage/storage.js';

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
  /** Of one report; 0 for a metric that has no mechanism yet. */
  readonly epsilon: number;
  readonly mechanism: string | null;
  /** Last day of use. */
  readonly expires: string;
  /** Those that hold reports, earliest first. */
  readonly windows: readonly Window[];
}

/** `GET /v1/metrics`: every metric of the current registries. */
export function metricsRoute(
  app: FastifyInstance,
  { registries, storage }: { readonly registries: Registries; readonly storage: Storage },
): void {
  app.get('/v1/metrics', async () => {
    const metrics = new Map<string, Promise<MetricAnswer>>();
    for (const registry of registries.current) {
      for (const metric of Object.values(registry.metrics)) {
        metrics.set(metric.fingerprint, describe(registry, metric, storage));
      }
    }
    return { metrics: await Promise.all(metrics.values()) };
  });
}

async function describe(registry: Registry, metric: Metric, storage: Storage): Promise<MetricAnswer> {
  const windows = await storage.windows(metric.fingerprint);
  return {
    id: metric.id,
    app: registry.app,
    fingerprint: metric.fingerprint,
    kind: metric.kind,
    description: metric.description,
    purpose: metric.purpose,
    owner: metric.owner,
    period: metric.period,
    aggregate: metric.aggregate,
    population: population(metric),
    epsilon: metric.microEpsilon / MICRO,
    mechanism: metric.params?.mechanism ?? null,
    expires: metric.expires,
    windows: windows.map((count) => windowOf({ metric }, count)),
  };
}
