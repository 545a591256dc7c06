import { formatDay } from '@dither/protocol';
import type { FastifyInstance } from 'fastify';
import { reader } from '../access/guard.js';
import type { Registries } from '../ingest/registries.js';
import type { UnknownRegistry } from '../ingest/unknown-registries.js';

/** `GET /v1/registries`: what is served, what one installation spends on it, and what arrived and is not known. */
export function registriesRoute(app: FastifyInstance, { registries }: { readonly registries: Registries }): void {
  app.get('/v1/registries', { config: { access: 'read' } }, async (request) => {
    const { reads, readsAll } = reader(request);
    const shown = registries.current.filter(({ app: name }) => reads(name));
    return {
      registries: shown.map(({ app: name, fingerprint, metrics, bound, participation }) => ({
        app: name,
        fingerprint,
        metrics: Object.keys(metrics).length,
        participation,
        bound,
      })),
      // Nobody knows of which app they are.
      unknown: readsAll ? registries.unknown().map(describeUnknown) : [],
    };
  });
}

function describeUnknown({ fingerprint, firstSeen, batches }: UnknownRegistry) {
  return { fingerprint, firstSeen: formatDay(firstSeen), batches };
}
