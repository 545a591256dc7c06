import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../errors.js';

export interface HealthOptions {
  /** Whether batches can be stored now. */
  readonly isWritable: () => Promise<boolean>;
}

/** `GET /healthz`: the process answers. `GET /readyz`: it can store batches, and is not about to end. */
export function healthRoutes(app: FastifyInstance, { isWritable }: HealthOptions): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    if (isClosing) throw new ProblemError('unavailable', 'the server is ending');
    if (!(await isWritable())) throw new ProblemError('unavailable', 'the storage does not take a test');
    return { status: 'ok' };
  });
}
