import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { serverPolicy } from './policy.js';

/**
 * Lets pages of other origins post what the routes of `scope` take, and read the answer, refusals and Retry-After
 * included. The plugin answers preflights for everything under the scope's prefix, before the rate limit sees them.
 */
export async function allowOrigins(scope: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await scope.register(cors, {
    origin: [...origins],
    methods: ['POST'],
    // What a browser adds of its own accord, Sec-GPC among it, need not be allowed.
    allowedHeaders: ['content-type', 'dither-key'],
    exposedHeaders: ['retry-after'],
    credentials: false,
    maxAge: serverPolicy.preflightSeconds,
    // Whoever asks for no preflight is told the same.
    strictPreflight: false,
  });
}
