import { ConfigError, readConfig, usage } from './config.js';
import { StorageError, SwitchOffError } from './errors.js';
import { readRegistries } from './registry-files.js';
import { type Server, startServer } from './server.js';
import { sqliteStorage } from './storage/sqlite/sqlite.js';
import { readSwitchOffs } from './switch-off/read-switch-offs.js';

/** `dither-server`: the server over one SQLite file, until SIGTERM or SIGINT. */
async function start(): Promise<Server | undefined> {
  const config = readConfig();
  if (config === undefined) {
    process.stdout.write(usage);
    return undefined;
  }
  const registries = await readRegistries(config.registry);
  const switchOffs = await readSwitchOffs(config.switchOff);
  const server = await startServer({
    registries,
    switchOffs,
    storage: await sqliteStorage({ path: config.db }),
    host: config.host,
    port: config.port,
    rateLimit: config.rateLimit,
    trustedProxies: config.trustedProxy,
    allowedOrigins: config.allowOrigin,
    log: config.log === 'off' ? false : { level: config.log },
    onFatal: stop,
  });
  process.stderr.write(`dither-server listens on ${server.url}\n`);
  return server;
}

/** What the operator can mend is said in a line; anything else keeps its trace. 2 for settings, 1 for all else. */
function stop(error: unknown): void {
  const isSetting = error instanceof ConfigError || error instanceof SwitchOffError;
  const isExpected = isSetting || error instanceof StorageError || isListenError(error);
  const text = isExpected ? (error as Error).message : ((error as Error).stack ?? String(error));
  process.stderr.write(`dither-server: ${text}\n`);
  process.exit(isSetting ? 2 : 1);
}

/** The port is taken, or the address is not this machine's. */
function isListenError(error: unknown): boolean {
  return ['listen', 'getaddrinfo'].includes((error as { readonly syscall?: string }).syscall ?? '');
}

try {
  const server = await start();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void server?.close().then(() => process.exit(0), stop));
  }
} catch (error) {
  stop(error);
}
