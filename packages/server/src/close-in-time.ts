import type { FastifyInstance } from 'fastify';
import { serverPolicy } from './policy.js';

/**
 * Takes no more requests, and answers those that have arrived. A client that is still sending is cut off after a while: it
 * will try again.
 *
 * @param milliseconds - until then
 */
export async function closeInTime(
  app: FastifyInstance,
  milliseconds: number = serverPolicy.cutMilliseconds,
): Promise<void> {
  const { server } = app;
  // Node closes those that are idle when it is told to. Those that are being answered then would be kept for another request.
  const sweep = setInterval(() => server.closeIdleConnections(), serverPolicy.sweepMilliseconds);
  const cut = setTimeout(() => server.closeAllConnections(), milliseconds);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}
