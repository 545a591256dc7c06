import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import type { Clock } from './clock.js';
import { ProblemError } from './errors.js';
import { networkKeys } from './network-key.js';
import { serverPolicy } from './policy.js';

/**
 * What the limit is (`RateLimit-Policy`, by the IETF's draft), in the same words to everyone. Nothing says how much of it is
 * left: that would tell one network from another.
 */
export interface PolicyHeader {
  readonly 'ratelimit-policy'?: string;
}

/**
 * Limits the requests of a network to the routes of `scope`.
 * @param max - requests per minute, or false for no limit
 * @returns what every answer is to say of it
 */
export async function limitRate(scope: FastifyInstance, max: number | false, clock: Clock): Promise<PolicyHeader> {
  if (max === false) return {};
  const keyOf = networkKeys(clock);
  // A refusal has its Retry-After from the problem.
  const silent = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false };
  await scope.register(rateLimit, {
    max,
    timeWindow: 1000 * serverPolicy.retryAfterSeconds,
    cache: serverPolicy.rateLimitNetworks,
    addHeaders: { ...silent, 'retry-after': false },
    addHeadersOnExceeding: silent,
    keyGenerator: ({ ip, socket }) => keyOf(ip, socket),
    errorResponseBuilder: () => new ProblemError('rate-limited'),
  });
  return { 'ratelimit-policy': `"network";q=${max};w=${serverPolicy.retryAfterSeconds}` };
}
