import { RegistryFileError } from '@dither/protocol/node';
import { type FastifyInstance, fastify } from 'fastify';
import { closeInTime } from '../close-in-time.js';
import { AccessError, AdminError, isSystemError, StorageError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import { type AdminFailure, type OperationName, type Operator, operations } from './operations.js';
import { clearSocket } from './socket.js';

export interface AdminServer {
  /** Refuses what comes, and waits for what is being done. */
  close(): Promise<void>;
}

/**
 * Serves an operator at a Unix socket that only this user may open, or at a named pipe: whoever opens it is the operator.
 * A socket that a process left behind, and at which nobody answers, is replaced.
 *
 * @param operator - whoever it is at the time of a request @throws AdminError `restarting`
 * @throws AdminError `socket-taken`, `socket-forbidden`, `socket-unreachable`
 */
export async function openAdminServer(path: string, operator: () => Operator): Promise<AdminServer> {
  const app = fastify({ bodyLimit: serverPolicy.maxAdminBytes, return503OnClosing: false });
  app.setErrorHandler((error, _request, reply) => {
    const failure = failureOf(error);
    return reply.status(failure.code === 'internal' ? 500 : 409).send(failure);
  });
  app.setNotFoundHandler(refuse);
  for (const name of Object.keys(operations) as OperationName[]) operationRoute(app, name, operator);
  await app.ready();
  await listen(app, path);
  return { close: () => closeInTime(app) };
}

function operationRoute<Name extends OperationName>(app: FastifyInstance, name: Name, operator: () => Operator): void {
  app.post(`/${name}`, async (request, reply) => {
    const given = operations[name].safeParse(request.body);
    if (!given.success) return refuse();
    const run = operator()[name] as (given: unknown) => Promise<unknown>;
    return reply.type('application/json').send(JSON.stringify((await run(given.data)) ?? null));
  });
}

function refuse(): never {
  throw new AdminError('request-invalid', 'the command is of another version than the server');
}

/** What the operator can mend keeps its code. */
function failureOf(error: unknown): AdminFailure {
  const isExpected = [AdminError, StorageError, AccessError, RegistryFileError].some((known) => error instanceof known);
  const { code = 'internal', message, statusCode = 500 } = error as Partial<AdminFailure> & { statusCode?: number };
  if (isExpected || isSystemError(error)) return { code, message: String(message) };
  // Fastify's own refusals: of what is not JSON, or too long.
  return { code: statusCode < 500 ? 'request-invalid' : 'internal', message: String(error) };
}

async function listen(app: FastifyInstance, path: string): Promise<void> {
  await clearSocket(path);
  // The socket is made with what this leaves of its permissions: there is no instant in which others may open it.
  const umask = process.umask(0o177);
  try {
    await app.listen({ path });
  } finally {
    process.umask(umask);
  }
}
