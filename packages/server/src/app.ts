import { policy, type Registry } from '@dither/protocol';
import rateLimit from '@fastify/rate-limit';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { type Clock, systemClock } from './clock.js';
import { allowOrigins } from './cors.js';
import { ProblemError } from './errors.js';
import { remembering } from './estimates/thread/remember.js';
import { createEstimateThread } from './estimates/thread/thread.js';
import { createBatcher } from './ingest/batcher.js';
import { openRegistries } from './ingest/registries.js';
import { type LogOptions, loggerOptions } from './logging.js';
import { networkKeys } from './network-key.js';
import { serverPolicy } from './policy.js';
import { candidatesRoutes } from './routes/candidates.js';
import { estimatesRoute } from './routes/estimates.js';
import { healthRoute } from './routes/health.js';
import { metricsRoute } from './routes/metrics.js';
import { answerError, problemHandlers } from './routes/problems.js';
import { registriesRoute } from './routes/registries.js';
import { reportsRoute } from './routes/reports.js';
import { switchOffRoute } from './routes/switch-off.js';
import type { Storage } from './storage/storage.js';
import { checkSwitchOffs, type SwitchOffDocument } from './switch-off/document.js';

export interface AppOptions {
  /** The registries of today. Those of earlier starts are in the storage, and stay readable. */
  readonly registries: readonly Registry[];
  readonly storage: Storage;
  readonly clock?: Clock;
  /** Requests per minute and network, or false for none; `serverPolicy.requestsPerMinute` unless told. */
  readonly rateLimit?: number | false;
  /** Addresses or networks of proxies whose X-Forwarded-For is believed; none unless told. */
  readonly trustedProxies?: readonly string[];
  /** Origins whose pages may post reports, or `*`; none but the server's own unless told. */
  readonly allowedOrigins?: readonly string[];
  /** What devices are asked to leave out, one document per app; nothing unless told. */
  readonly switchOffs?: readonly SwitchOffDocument[];
  /** Off unless told. */
  readonly log?: LogOptions | false;
  /**
   * Called once when nobody knows whether a commit happened. The process must stop: the restart reads the truth from
   * disk. Unless told, the error is thrown where nothing catches it.
   */
  readonly onFatal?: (error: Error) => void;
}

/**
 * The server, without a socket. Closing it drains what is queued; the storage stays open, and the caller's.
 * @throws SwitchOffError if a document is not one to serve
 */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { storage, clock = systemClock, trustedProxies = [], log = false, onFatal = throwUncaught } = options;
  const { allowedOrigins = [], switchOffs = [] } = options;
  const registries = await openRegistries(options.registries, storage, clock);
  checkSwitchOffs(switchOffs, registries, clock);
  const batcher = createBatcher(storage, { onFatal });
  const thread = createEstimateThread();

  const app = fastify({
    logger: loggerOptions(log),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: policy.maxBatchBytes,
    // While it closes it answers as ever, and the batcher says 503: one form of refusal, with a code.
    return503OnClosing: false,
    requestTimeout: serverPolicy.requestMilliseconds,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
  });
  for (const aside of storage.setAside) {
    app.log.warn(
      aside,
      'a stored registry is set aside: this version cannot read it; its counters stay in the storage',
    );
  }
  problemHandlers(app);
  bodyParsers(app);
  await limitRate(app, options.rateLimit ?? serverPolicy.requestsPerMinute, clock);

  await app.register(
    async (scope) => {
      await allowOrigins(scope, allowedOrigins);
      reportsRoute(scope, { registries, batcher, clock });
    },
    { prefix: '/v1/reports' },
  );
  switchOffRoute(app, { switchOffs, clock });
  metricsRoute(app, { registries, storage });
  registriesRoute(app, { registries });
  estimatesRoute(app, { registries, storage, run: remembering(thread.run) });
  await app.register((scope) => candidatesRoutes(scope, { storage }));
  healthRoute(app);
  app.addHook('onClose', async () => {
    await thread.close();
    await batcher.close();
  });
  return app;
}

function bodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: serverPolicy.maxJsonBytes },
    (_request, body, done) => {
      try {
        done(null, JSON.parse(body as string));
      } catch {
        // The engine's message would quote the body.
        done(new ProblemError('malformed-batch', 'JSON'));
      }
    },
  );
}

async function limitRate(app: FastifyInstance, max: number | false, clock: Clock): Promise<void> {
  if (max === false) return;
  const keyOf = networkKeys(clock);
  // Counters in an answer would tell one network from another. A refusal has its Retry-After from the problem.
  const silent = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false };
  await app.register(rateLimit, {
    max,
    timeWindow: 1000 * serverPolicy.retryAfterSeconds,
    cache: serverPolicy.rateLimitNetworks,
    addHeaders: { ...silent, 'retry-after': false },
    addHeadersOnExceeding: silent,
    keyGenerator: (request) => keyOf(request.ip),
    errorResponseBuilder: () => new ProblemError('rate-limited'),
  });
}

function throwUncaught(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
