import type { FastifyServerOptions } from 'fastify';

export interface LogOptions {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Where lines go; standard output unless told. */
  readonly stream?: { write(line: string): void };
}

/**
 * JSON lines without anything about a client: no address, port, host or user agent, no header, no query. A request
 * is its method and the pattern of its route.
 */
export function loggerOptions(log: LogOptions | false): Exclude<FastifyServerOptions['logger'], undefined> {
  if (log === false) return false;
  return {
    level: log.level,
    ...(log.stream === undefined ? {} : { stream: log.stream }),
    serializers: {
      req: (request) => ({ method: request.method, route: request.routeOptions?.url }),
      res: (reply) => ({ statusCode: reply.statusCode }),
      err: (error: Error & { code?: string }) => ({
        type: error.name,
        code: error.code,
        message: error.message,
        stack: error.stack ?? '',
      }),
    },
  };
}
