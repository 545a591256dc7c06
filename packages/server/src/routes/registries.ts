import { dayOf, formatDay } from '@dither/protocol';
import type { FastifyInstance } from 'fastify';
import type { Registries } from '../ingest/registries.js';

/** `GET /v1/registries`: what is served, what one installation spends on it, and what arrived and is not known. */
export function registriesRoute(app: FastifyInstance, { registries }: { readonly registries: Registries }): void {
  app.get('/v1/registries', async () => ({
    registries: registries.current.map(({ app: name, fingerprint, metrics, bound, participation }) => ({
      app: name,
      fingerprint,
      metrics: Object.keys(metrics).length,
      participation,
      bound,
    })),
    unknown: registries.unknown().map(({ fingerprint, firstSeen, batches }) => ({
      fingerprint,
      firstSeen: formatDay(dayOf(firstSeen)),
      batches,
    })),
  }));
}
