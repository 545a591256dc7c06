/** A server to load: ours over a new file, or Fastify doing next to nothing with the same bodies. */
import { sqliteStorage, startServer } from '@dither/server';
import { type FastifyInstance, fastify } from 'fastify';
import { registry } from '../lib/batches.js';
import { childOptions, say } from '../lib/child.js';

export type Kind = 'ignoring' | 'echoing' | 'durable';

export interface Usage {
  /** User and system time of all threads so far, microseconds. */
  readonly cpu: number;
  /** Bytes. */
  readonly resident: number;
  /** Batches that the storage counted. */
  readonly counted: number;
}

const { kind, database } = childOptions<{ readonly kind: Kind; readonly database: string }>();

/** Above what any load reaches: the limit counts, and never refuses. */
const RATE_LIMIT = 1_000_000_000;

async function durable() {
  const storage = await sqliteStorage({ path: database });
  const { url, close } = await startServer({ registries: [registry], storage, rateLimit: RATE_LIMIT });
  const metric = registry.wire[0]?.fingerprint ?? '';
  return {
    url,
    close,
    counted: async () => (await storage.windows(metric)).reduce((sum, { n }) => sum + n, 0),
  };
}

async function floor(app: FastifyInstance) {
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, close: () => app.close(), counted: async () => 0 };
}

function ignoring(): FastifyInstance {
  const app = fastify();
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.post('/v1/reports', async () => ({ ok: true }));
  return app;
}

function echoing(): FastifyInstance {
  const app = fastify();
  app.post('/v1/reports', async (request) => request.body);
  return app;
}

const server = kind === 'durable' ? await durable() : await floor(kind === 'ignoring' ? ignoring() : echoing());

process.on('message', async (question) => {
  if (question === 'end') {
    await server.close();
    process.exit(0);
  }
  const { user, system } = process.cpuUsage();
  say({ cpu: user + system, resident: process.memoryUsage.rss(), counted: await server.counted() } satisfies Usage);
});
say(Number(new URL(server.url).port));
