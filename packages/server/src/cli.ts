import { ConfigError, readConfig, usage } from './config.js';
import { StorageError } from './errors.js';
import { readRegistries } from './registry-files.js';
import { type Server, startServer } from './server.js';
import { sqliteStorage } from './storage/sqlite/sqlite.js';

/** `dither-server`: the server over one SQLite file, until SIGTERM or SIGINT. */
async function start(): Promise<Server | undefined> {
  const config = readConfig();
  if (config === undefined) {
    process.stdout.write(usage);
    return undefined;
  }
  const registries = await readRegistries(config.registry);
  const server = await startServer({
    registries,
    storage: await sqliteStorage({ path: config.db }),
    host: config.host,
    port: config.port,
    rateLimit: config.rateLimit,
    trustedProxies: config.trustedProxy,
    log: config.log === 'off' ? false : { level: config.log },
    onFatal: stop,
  });
  process.stderr.write(`dither-server listens on ${server.url}\n`);
  return server;
}

function stop(error: unknown): void {
  const isExpected = error instanceof ConfigError || error instanceof StorageError;
  const text = isExpected ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`dither-server: ${text}\n`);
  process.exit(1);
}

try {
  const server = await start();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void server?.close().then(() => process.exit(0), stop));
  }
} catch (error) {
  stop(error);
}
