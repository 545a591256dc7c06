import type { FastifyInstance } from 'fastify';
import type { Telemetry } from '../telemetry/telemetry.js';

/** `GET /metrics`: how the server does, for Prometheus. Over all apps. */
export function telemetryRoute(app: FastifyInstance, { telemetry }: { readonly telemetry: Telemetry }): void {
  app.get('/metrics', { config: { access: 'read-all' } }, async (_request, reply) =>
    reply.type(telemetry.contentType).send(await telemetry.text()),
  );
}
