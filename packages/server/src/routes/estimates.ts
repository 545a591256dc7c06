import type { FastifyInstance } from 'fastify';
import { type Reader, reader } from '../access/guard.js';
import { ProblemError } from '../errors.js';
import { type EstimateSources, estimateMetric } from '../estimates/estimate.js';
import type { Registries } from '../ingest/registries.js';
import { serverPolicy } from '../policy.js';
import { estimateQuerySchema } from '../schemas/query.js';

const { maxForged, minQuantile, maxQuantile } = serverPolicy;

const EXPECTED = [
  'from and to (YYYY-MM-DD), app, fingerprint',
  `forged (0 to ${maxForged})`,
  `quantiles (${minQuantile} to ${maxQuantile}, with commas), above (numbers, with commas)`,
  'candidates, top',
].join('; ');

interface Of {
  Params: { readonly id: string };
}

/** `GET /v1/metrics/:id/estimate`: unbiased estimates with their error, and a post-processed view beside them. */
export function estimatesRoute(app: FastifyInstance, sources: EstimateSources): void {
  app.get<Of>('/v1/metrics/:id/estimate', { config: { access: 'read' } }, async (request) => {
    const query = estimateQuerySchema.safeParse(request.query);
    if (!query.success) throw new ProblemError('query-invalid', EXPECTED);
    const { reads } = reader(request);
    if (query.data.app !== undefined && !reads(query.data.app)) throw new ProblemError('token-forbidden');
    return estimateMetric(request.params.id, query.data, { ...sources, registries: shown(sources.registries, reads) });
  });
}

/** Metrics of other apps are not there: not even that a name is taken shows. */
function shown(registries: Pick<Registries, 'series'>, reads: Reader['reads']): Pick<Registries, 'series'> {
  return { series: (id) => registries.series(id).filter(({ app }) => reads(app)) };
}
