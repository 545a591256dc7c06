import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from '../errors.js';
import type { Access } from './access.js';
import { isLocal } from './local.js';
import type { ReadToken, Scope } from './tokens.js';

/**
 * What a route asks of whoever calls it: a scope of a token, or `read-all`: `read` by a token that is not limited to some
 * apps, since the answer is about all of them.
 */
export type RouteAccess = Scope | 'read-all';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `read-all` unless told. */
    readonly access?: RouteAccess;
  }
}

/** Who reads. */
export interface Reader {
  /** Whether metrics of that app are shown. */
  reads(app: string): boolean;
  /** Whether what is of no app, or of all, is shown. */
  readonly readsAll: boolean;
}

const EVERYTHING: Reader = { reads: () => true, readsAll: true };

/**
 * Lets nobody in to the routes of `scope` but those who may. Before there is a token that is whoever sits at this machine;
 * from then on, whoever has one.
 */
export function guard(scope: FastifyInstance, access: Access): void {
  scope.decorateRequest('reader', undefined);
  // After the rate limit, before a body is read.
  scope.addHook('preParsing', (request, _reply, _payload, done) => {
    const { access: needed = 'read-all' } = request.routeOptions.config;
    try {
      request.setDecorator('reader', readerOf(request, needed, access));
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Whoever a guarded route answers. */
export function reader(request: FastifyRequest): Reader {
  return request.getDecorator<Reader>('reader');
}

/** @throws ProblemError `token-required`, `token-refused`, `token-forbidden` */
function readerOf(request: FastifyRequest, needed: RouteAccess, access: Access): Reader {
  if (!access.isTokenNeeded) {
    if (isLocal(request)) return EVERYTHING;
    throw new ProblemError('token-required', 'until there is a token, this machine alone is answered', 403);
  }
  const { apps, scopes } = tokenOf(request.headers.authorization, access);
  const isAllowed = needed === 'read-all' ? scopes.includes('read') && apps === undefined : scopes.includes(needed);
  if (!isAllowed) throw new ProblemError('token-forbidden');
  return apps === undefined ? EVERYTHING : { reads: (app) => apps.includes(app), readsAll: false };
}

function tokenOf(authorization: string | undefined, access: Access): ReadToken {
  if (authorization === undefined) throw new ProblemError('token-required', 'Authorization: Bearer');
  const [, secret = ''] = /^bearer ([^ ]+)$/i.exec(authorization) ?? [];
  const token = access.findToken(secret);
  if (token === undefined) throw new ProblemError('token-refused');
  return token;
}
