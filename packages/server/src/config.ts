import { parseArgs } from 'node:util';
import { z } from 'zod';
import { serverPolicy } from './policy.js';

/** What an operator can set. A flag wins over its environment variable, which wins over the default. */
const schema = z.strictObject({
  registry: z.array(z.string().min(1)).min(1, 'name at least one registry file'),
  db: z.string().min(1).default('dither.db'),
  host: z.string().min(1).default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(8787),
  rateLimit: z
    .union([z.literal('off').transform(() => false as const), z.coerce.number().int().min(1)])
    .default(serverPolicy.requestsPerMinute),
  trustedProxy: z.array(z.string().min(1)).default([]),
  log: z.enum(['off', 'error', 'warn', 'info']).default('info'),
});

export type Config = z.infer<typeof schema>;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Texts = { readonly [name: string]: string | undefined };

export const usage = `dither-server: takes noisy reports in, answers with estimates and their error.

  --registry FILE       a registry, as canonical JSON; once per app         DITHER_REGISTRY, separated by commas
  --db FILE             the database; made if it is not there (dither.db)   DITHER_DB
  --host ADDRESS        where to listen (127.0.0.1)                         DITHER_HOST
  --port NUMBER         0 for a free one (8787)                             DITHER_PORT
  --rate-limit N|off    requests per minute and network (${serverPolicy.requestsPerMinute})               DITHER_RATE_LIMIT
  --trusted-proxy NET   whose X-Forwarded-For is believed; repeatable       DITHER_TRUSTED_PROXY
  --log LEVEL           off, error, warn, info (info)                       DITHER_LOG
  --help
`;

/** @returns undefined if only help was asked for @throws ConfigError naming each bad setting */
export function readConfig(
  args: readonly string[] = process.argv.slice(2),
  environment: Texts = process.env,
): Config | undefined {
  const flags = readFlags(args);
  if (flags.help === true) return undefined;
  const list = (name: string) => environment[name]?.split(',');
  const parsed = schema.safeParse(
    defined({
      registry: flags.registry ?? list('DITHER_REGISTRY') ?? [],
      db: flags.db ?? environment['DITHER_DB'],
      host: flags.host ?? environment['DITHER_HOST'],
      port: flags.port ?? environment['DITHER_PORT'],
      rateLimit: flags['rate-limit'] ?? environment['DITHER_RATE_LIMIT'],
      trustedProxy: flags['trusted-proxy'] ?? list('DITHER_TRUSTED_PROXY'),
      log: flags.log ?? environment['DITHER_LOG'],
    }),
  );
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${flagOf(path)}: ${message}`).join('\n'));
}

/** The flag of a setting: rateLimit is --rate-limit. */
function flagOf(path: readonly PropertyKey[]): string {
  return `--${String(path[0]).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        registry: { type: 'string', multiple: true },
        db: { type: 'string' },
        host: { type: 'string' },
        port: { type: 'string' },
        'rate-limit': { type: 'string' },
        'trusted-proxy': { type: 'string', multiple: true },
        log: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function defined(settings: { readonly [name: string]: unknown }): { readonly [name: string]: unknown } {
  // An empty variable is one that is not set.
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''));
}
