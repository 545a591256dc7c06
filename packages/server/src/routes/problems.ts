import { BatchError } from '@dither/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, problemBody, type ServerProblemCode } from '../errors.js';
import { serverPolicy } from '../policy.js';

/** Fastify's own refusals that have a code of the protocol. */
const OWN: { readonly [code: string]: ServerProblemCode } = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'batch-too-large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-batch',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-batch',
};

/** Whatever goes wrong is answered as `application/problem+json` with a stable code; only our own faults are logged. */
export function problemHandlers(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not-found'));
  app.setErrorHandler(answerError);
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ProblemError) return sendProblem(reply, error.code, error.detail);
  if (error instanceof BatchError) return sendProblem(reply, error.code, error.message.replace(`${error.code}: `, ''));
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number };
  const own = OWN[code];
  if (own !== undefined) return sendProblem(reply, own);
  if (statusCode >= 400 && statusCode < 500) return sendProblem(reply, 'request-invalid');
  request.log.error({ err: error });
  return sendProblem(reply, 'internal');
}

function sendProblem(reply: FastifyReply, code: ServerProblemCode, detail?: string): FastifyReply {
  const body = problemBody(code, detail);
  if (body.status === 429 || body.status === 503) reply.header('retry-after', serverPolicy.retryAfterSeconds);
  return reply.status(body.status).type('application/problem+json').send(JSON.stringify(body));
}
