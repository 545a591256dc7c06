import { BatchError } from '@dither/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, problemBody, type ServerProblemCode, StorageError } from '../errors.js';
import { safeHeaders } from '../headers.js';
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
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new ProblemError('not-found')));
  app.setErrorHandler(answerError);
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.code === 'internal' || error instanceof StorageError) request.log.error({ err: error });
  return sendProblem(reply, problem);
}

/** What an error is answered with. Nothing of a message that is not ours gets out. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof BatchError) return new ProblemError(error.code, error.message.replace(`${error.code}: `, ''));
  if (error instanceof StorageError) return new ProblemError('unavailable');
  const { code = '', statusCode = 500 } = error as { code?: string; statusCode?: number };
  const own = OWN[code];
  if (own !== undefined) return new ProblemError(own);
  // Of a client that went away in the middle nobody will read the answer.
  const isTheirs = (statusCode >= 400 && statusCode < 500) || code === 'ECONNRESET';
  return new ProblemError(isTheirs ? 'request-invalid' : 'internal');
}

function sendProblem(reply: FastifyReply, problem: ProblemError): FastifyReply {
  const body = problemBody(problem);
  reply.headers(safeHeaders);
  if (body.status === 401) reply.header('www-authenticate', 'Bearer');
  if (body.status === 429 || body.status === 503) reply.header('retry-after', serverPolicy.retryAfterSeconds);
  return reply.status(body.status).type('application/problem+json').send(JSON.stringify(body));
}
