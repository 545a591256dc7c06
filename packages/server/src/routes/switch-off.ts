import { switchOffPath, writeSwitchOff } from '@dither/protocol';
import type { FastifyInstance } from 'fastify';
import { type Clock, today } from '../clock.js';
import { ProblemError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import type { SwitchOffDocument } from '../switch-off/document.js';

export interface SwitchOffOptions {
  readonly switchOffs: readonly SwitchOffDocument[];
  readonly clock: Clock;
}

interface OfApp {
  Params: { readonly app: string };
}

/**
 * `GET /v1/switch-off/:app`: what devices of an app are asked to leave out. Nothing of a request but its path has any
 * effect: the same bytes under the same headers for everyone, from any origin, with no tag to know anybody again by.
 * So there is no rate limit, which would answer some networks otherwise.
 */
export function switchOffRoute(app: FastifyInstance, { switchOffs, clock }: SwitchOffOptions): void {
  const documents = new Map(
    switchOffs.map((document) => [
      document.app,
      { until: document.until, bytes: Buffer.from(writeSwitchOff(document.app, document)) },
    ]),
  );

  app.get<OfApp>(switchOffPath(':app'), async (request, reply) => {
    reply.header('access-control-allow-origin', '*');
    const document = documents.get(request.params.app);
    if (document === undefined || today(clock) >= document.until) throw new ProblemError('no-switch-off');
    return reply
      .header('content-type', 'application/json')
      .header('cache-control', `public, max-age=${serverPolicy.switchOffSeconds}`)
      .send(document.bytes);
  });
}
