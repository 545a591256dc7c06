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
  allowOrigin: z.array(z.string().refine(isOrigin, 'an origin, as https://app.example.org, or *')).default([]),
  switchOff: z.array(z.string().min(1)).default([]),
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
  --allow-origin ORIGIN whose pages may post, * for all; repeatable         DITHER_ALLOW_ORIGIN
  --switch-off FILE     metrics devices leave out for a time; once per app  DITHER_SWITCH_OFF
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
  const list = (name: string) => (environment[name] === '' ? undefined : environment[name]?.split(','));
  const parsed = schema.safeParse(
    defined({
      registry: flags.registry ?? list('DITHER_REGISTRY') ?? [],
      db: flags.db ?? environment['DITHER_DB'],
      host: flags.host ?? environment['DITHER_HOST'],
      port: flags.port ?? environment['DITHER_PORT'],
      rateLimit: flags['rate-limit'] ?? environment['DITHER_RATE_LIMIT'],
      trustedProxy: flags['trusted-proxy'] ?? list('DITHER_TRUSTED_PROXY'),
      allowOrigin: flags['allow-origin'] ?? list('DITHER_ALLOW_ORIGIN'),
      switchOff: flags['switch-off'] ?? list('DITHER_SWITCH_OFF'),
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

/** As browsers write it in `Origin`: anything else, such as a slash at the end, would silently allow nobody. */
function isOrigin(text: string): boolean {
  if (text === '*') return true;
  if (text.includes('*') || !URL.canParse(text)) return false;
  const { origin, href } = new URL(text);
  // Web views have schemes of their own, of which the parser does not know the origin.
  return origin === text || (origin === 'null' && href === text && /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+$/.test(text));
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
        'allow-origin': { type: 'string', multiple: true },
        'switch-off': { type: 'string', multiple: true },
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
