import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import { answerClientError } from './client-errors.js';
import { serverPolicy } from './policy.js';

/** What a connection and its answers may take: milliseconds, but for `maxConnections` and `maxNetworkConnections`. */
export type HttpLimits = {
  readonly [limit in
    | 'requestMilliseconds'
    | 'headersMilliseconds'
    | 'checkMilliseconds'
    | 'keepAliveMilliseconds'
    | 'storageMilliseconds'
    | 'maxConnections'
    | 'maxNetworkConnections']: number;
};

/** How the server of HTTP itself is made, before any of ours sees a request. */
export function connectionOptions(limits: HttpLimits): FastifyHttpOptions<Server> {
  const { requestMilliseconds, headersMilliseconds, checkMilliseconds, keepAliveMilliseconds } = limits;
  return {
    http: {
      maxHeaderSize: serverPolicy.maxHeaderBytes,
      headersTimeout: headersMilliseconds,
      connectionsCheckingInterval: checkMilliseconds,
      // It is required by a hook, whose refusal is a problem.
      requireHostHeader: false,
    },
    requestTimeout: requestMilliseconds,
    keepAliveTimeout: keepAliveMilliseconds,
    routerOptions: { maxParamLength: serverPolicy.maxParamLength },
    clientErrorHandler: answerClientError,
  };
}
