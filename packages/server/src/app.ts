import { policy } from '@dither/protocol';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { guard } from './access/guard.js';
import { refuseExpectation, requireHost } from './client-errors.js';
import { allowOrigins } from './cors.js';
import { remembering } from './estimates/thread/remember.js';
import { answerWith, noSniffing, safeHeaders } from './headers.js';
import { connectionOptions, type HttpLimits } from './http-limits.js';
import { limitConnections } from './limit-connections.js';
import { type LogOptions, loggerOptions } from './logging.js';
import { serverPolicy } from './policy.js';
import { limitRate } from './rate-limit.js';
import { candidatesRoutes } from './routes/candidates.js';
import { documentRoutes } from './routes/document.js';
import { estimatesRoute } from './routes/estimates.js';
import { healthRoutes } from './routes/health.js';
import { metricsRoute } from './routes/metrics.js';
import { answerError, problemHandlers } from './routes/problems.js';
import { registriesRoute } from './routes/registries.js';
import { reportsRoute } from './routes/reports.js';
import { switchOffRoute } from './routes/switch-off.js';
import { telemetryRoute } from './routes/telemetry.js';
import { openServices, type Services, type ServicesOptions } from './services.js';
import { type AnalystStorage, storageInTime } from './storage-in-time.js';
import { checkSwitchOffs, type SwitchOffDocument } from './switch-off/document.js';
import { sharedProbe } from './telemetry/shared-probe.js';
import { trustedBy } from './trusted-proxies.js';

/** How the public side is served. */
export interface HttpOptions {
  /** Requests per minute and network, or false for none; `serverPolicy.requestsPerMinute` unless told. */
  readonly rateLimit?: number | false;
  /** Addresses or networks of proxies whose X-Forwarded-For is believed; none unless told. */
  readonly trustedProxies?: readonly string[];
  /** Origins whose pages may post reports, or `*`; none but the server's own unless told. */
  readonly allowedOrigins?: readonly string[];
  /** What devices are asked to leave out, one document per app; nothing unless told. */
  readonly switchOffs?: readonly SwitchOffDocument[];
  /** What a connection and its answers may take; those of `serverPolicy` unless told. */
  readonly limits?: Partial<HttpLimits>;
  /** Off unless told. */
  readonly log?: LogOptions | false;
}

export interface AppOptions extends ServicesOptions, HttpOptions {}

/**
 * The server, without a socket. Closing it drains what is queued; the storage stays open, and the caller's.
 * @throws SwitchOffError if a document is not one to serve
 */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  return buildHttp(await openServices(options), options);
}

/**
 * The public side of a server. Closing it closes the services, for good.
 * @throws SwitchOffError if a document is not one to serve
 */
export async function buildHttp(services: Services, options: HttpOptions): Promise<FastifyInstance> {
  const { storage, clock, registries, telemetry } = services;
  const { trustedProxies = [], allowedOrigins = [], switchOffs = [], log = false } = options;
  const limits = { ...serverPolicy, ...options.limits };
  const isTrusted = trustedBy(trustedProxies);
  checkSwitchOffs(switchOffs, registries, clock);

  const app = fastify({
    ...connectionOptions(limits),
    logger: loggerOptions(log),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: policy.maxBatchBytes,
    // While it closes it answers as ever, and the batcher says 503: one form of refusal, with a code.
    return503OnClosing: false,
    trustProxy: trustedProxies.length === 0 ? false : isTrusted,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
  });
  app.server.maxConnections = limits.maxConnections;
  limitConnections(app.server, limits.maxNetworkConnections, isTrusted);
  app.server.on('checkExpectation', refuseExpectation);
  for (const aside of storage.setAside) {
    app.log.warn(
      aside,
      'a stored registry is set aside: this version cannot read it; its counters stay in the storage',
    );
  }
  problemHandlers(app);
  requireHost(app);
  bodyParsers(app);

  await app.register(async (open) => {
    answerWith(open, safeHeaders);
    switchOffRoute(open, { switchOffs, clock });
    const probe = sharedProbe(storage, clock);
    healthRoutes(open, { isWritable: async () => !telemetry.isFailing() && probe() });
  });
  await app.register(async (limited) => {
    const policyHeader = await limitRate(limited, options.rateLimit ?? serverPolicy.requestsPerMinute, clock);
    await limited.register(
      async (scope) => {
        await allowOrigins(scope, allowedOrigins);
        // Nobody on the way keeps the answer to a POST, and a header costs about 2% of what a batch does.
        answerWith(scope, { ...noSniffing, ...policyHeader });
        reportsRoute(scope, services);
      },
      { prefix: '/v1/reports' },
    );
    await limited.register(async (scope) => {
      answerWith(scope, { ...safeHeaders, ...policyHeader });
      documentRoutes(scope);
      await scope.register((inner) => readRoutes(inner, services, storageInTime(storage, limits.storageMilliseconds)));
    });
  });
  app.addHook('onClose', () => services.close());
  return app;
}

/** For operators and analysts alone. */
async function readRoutes(scope: FastifyInstance, services: Services, storage: AnalystStorage): Promise<void> {
  guard(scope, services.access);
  metricsRoute(scope, { ...services, storage });
  registriesRoute(scope, services);
  estimatesRoute(scope, { ...services, storage, run: remembering(services.thread.run) });
  telemetryRoute(scope, services);
  await scope.register((inner) => candidatesRoutes(inner, { storage }));
}

function bodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  // As text: how it is read is the batch's affair.
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: serverPolicy.maxJsonBytes },
    (_request, body, done) => {
      done(null, body);
    },
  );
}
