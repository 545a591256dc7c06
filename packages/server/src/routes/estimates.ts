import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../errors.js';
import { type EstimateSources, estimateMetric } from '../estimates/estimate.js';
import { serverPolicy } from '../policy.js';
import { estimateQuerySchema } from '../schemas/query.js';

const { maxForged, minQuantile, maxQuantile } = serverPolicy;

const EXPECTED = [
  'from and to (YYYY-MM-DD), app, fingerprint',
  `forged (0 to ${maxForged})`,
  `quantiles (${minQuantile} to ${maxQuantile}, with commas), above (numbers, with commas)`,
  'candidates, top',
].join('; ');

/** `GET /v1/metrics/:id/estimate`: unbiased estimates with their error, and a post-processed view beside them. */
export function estimatesRoute(app: FastifyInstance, sources: EstimateSources): void {
  app.get<{ Params: { id: string } }>('/v1/metrics/:id/estimate', async (request) => {
    const query = estimateQuerySchema.safeParse(request.query);
    if (!query.success) throw new ProblemError('query-invalid', EXPECTED);
    return estimateMetric(request.params.id, query.data, sources);
  });
}
