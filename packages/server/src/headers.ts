import type { FastifyInstance } from 'fastify';

/** On every answer: it is what it says it is. */
export const noSniffing = Object.freeze({ 'x-content-type-options': 'nosniff' });

/** And nobody on the way keeps it, unless its route says otherwise. */
export const safeHeaders = Object.freeze({ ...noSniffing, 'cache-control': 'no-store' });

/** Begins every answer of the routes of `scope` with these headers. */
export function answerWith(scope: FastifyInstance, headers: { readonly [name: string]: string | undefined }): void {
  scope.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}
