import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../errors.js';
import { estimateMetric } from '../estimates/estimate.js';
import type { Registries } from '../ingest/registries.js';
import { estimateQuerySchema } from '../schemas/query.js';
import type { Storage } from '../storage/storage.js';

/** `GET /v1/metrics/:id/estimate`: unbiased estimates with their error, and a post-processed view beside them. */
export function estimatesRoute(
  app: FastifyInstance,
  { registries, storage }: { readonly registries: Registries; readonly storage: Storage },
): void {
  app.get<{ Params: { id: string } }>('/v1/metrics/:id/estimate', async (request) => {
    const query = estimateQuerySchema.safeParse(request.query);
    if (!query.success) throw new ProblemError('query-invalid', 'from and to (YYYY-MM-DD), app, fingerprint');
    return estimateMetric(request.params.id, query.data, registries, storage);
  });
}
