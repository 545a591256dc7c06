import { ProblemError } from '../errors.js';
import type { Offered, Registries } from '../ingest/registries.js';
import type { EstimateQuery } from '../schemas/query.js';

/**
 * The series a question is about: the one of the fingerprint asked for, or else the newest one of that name; and the
 * others of the same app.
 *
 * @throws ProblemError `unknown-metric`, `metric-ambiguous`
 */
export function chooseSeries(
  id: string,
  { app, fingerprint }: Pick<EstimateQuery, 'app' | 'fingerprint'>,
  registries: Pick<Registries, 'series'>,
): { readonly chosen: Offered; readonly others: readonly Offered[] } {
  const offered = registries.series(id).filter((series) => app === undefined || series.app === app);
  const chosen = offered.filter(({ metric }) => fingerprint === undefined || metric.fingerprint === fingerprint).at(-1);
  if (chosen === undefined) throw new ProblemError('unknown-metric');
  if (fingerprint === undefined && offered.some((series) => series.app !== chosen.app)) {
    throw new ProblemError('metric-ambiguous', 'add ?app=');
  }
  return { chosen, others: offered.filter((series) => series !== chosen && series.app === chosen.app) };
}
