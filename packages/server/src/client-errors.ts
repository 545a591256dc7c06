import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ProblemError, problemBody, type ServerProblemCode } from './errors.js';
import { safeHeaders } from './headers.js';

/** What the parser of HTTP gives up on, other than by saying that it is not HTTP. */
const CODES: { readonly [code: string]: ServerProblemCode } = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/**
 * Answers what never became a request: a text that is not HTTP, headers too large, a request that does not arrive. The
 * connection ends with it. Nothing is logged: the error may hold what was sent.
 */
export function answerClientError(error: { readonly code?: string }, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable && !hasAnswerBegun(socket)) {
    socket.write(answer(new ProblemError(CODES[error.code ?? ''] ?? 'request-invalid')));
  }
  socket.destroySoon();
}

/** Answers what expects of a server something else than `100-continue`. Its body, if there is one, is not waited for. */
export function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const problem = new ProblemError('request-invalid');
  const body = JSON.stringify(problemBody(problem));
  response.writeHead(problem.statusCode, headersOf(body)).end(body);
}

/** What Node would answer without a word: HTTP/1.1 wants to know which host is meant. */
export function requireHost(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw, headers }, _reply, done) => {
    if (headers.host === undefined && raw.httpVersion !== '1.0') done(new ProblemError('request-invalid', 'a host'));
    else done();
  });
}

/** As Node's own handler asks: a second answer in the middle of one would be read as part of it. */
function hasAnswerBegun(socket: Socket): boolean {
  const { _httpMessage: message } = socket as { _httpMessage?: { readonly headersSent?: boolean } | null };
  return message?.headersSent === true;
}

function answer(problem: ProblemError): string {
  const body = JSON.stringify(problemBody(problem));
  return [
    `HTTP/1.1 ${problem.statusCode} ${STATUS_CODES[problem.statusCode]}`,
    ...Object.entries(headersOf(body)).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
}

function headersOf(body: string) {
  return {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...safeHeaders,
    connection: 'close',
  };
}
