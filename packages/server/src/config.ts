import { z } from 'zod';
import { type Given, readConfigFile } from './config/file.js';
import { isSocketPath, MAX_SOCKET_PATH, socketOf } from './config/socket-path.js';
import { byteCount, isNetwork, isOrigin, orOff, wholeNumber } from './config/value-types.js';
import { ConfigError } from './errors.js';
import { serverPolicy } from './policy.js';

/** What people are told of a setting. */
interface About {
  /** How help names the value. */
  readonly value: string;
  readonly summary: string;
  /** What it may be, in an error: "... is not {allowed}". */
  readonly allowed: string;
  /** What it is unless told, in words; of those without, it is the schema's default. */
  readonly unless?: string;
  /** Never printed. */
  readonly isSecret?: boolean;
}

const about = z.registry<About>();

const { minRetentionDays, retentionDays, nonceMemoryBytes, minNonceMemoryBytes, requestsPerMinute } = serverPolicy;
const path = z.string().min(1);
const SOCKET = `off, or a path of at most ${MAX_SOCKET_PATH} bytes`;

/** Every setting: from it come the flags, the variables, the keys of a file, and the help. */
const settings = z.strictObject({
  registry: z.array(path).default([]).register(about, {
    value: 'FILE',
    summary: 'a registry, as canonical JSON; once per app',
    allowed: 'a list of files',
    unless: 'those that are stored',
  }),
  db: path.default('dither.db').register(about, {
    value: 'FILE',
    summary: 'the database; made if it is not there',
    allowed: 'a file',
  }),
  host: z.string().min(1).default('127.0.0.1').register(about, {
    value: 'ADDRESS',
    summary: 'where to listen',
    allowed: 'an address or a name of this machine',
  }),
  port: wholeNumber(0, 65_535).default(8787).register(about, {
    value: 'NUMBER',
    summary: '0 for a free one',
    allowed: 'a whole number from 0 to 65535',
  }),
  adminSocket: orOff(path).optional().register(about, {
    value: 'PATH|off',
    summary: 'where the other commands reach the server; who may open it may do all they do',
    allowed: SOCKET,
    unless: 'that of the database, with .sock',
  }),
  rateLimit: orOff(wholeNumber(1, 1_000_000_000)).default(requestsPerMinute).register(about, {
    value: 'N|off',
    summary: 'requests a minute and network',
    allowed: 'off, or a whole number from 1',
  }),
  trustedProxy: z.array(z.string().refine(isNetwork)).default([]).register(about, {
    value: 'NETWORK',
    summary: 'a proxy whose X-Forwarded-For is believed; repeatable',
    allowed: 'an address, a network as 10.0.0.0/8 but not /0, or loopback, linklocal, uniquelocal',
    unless: 'none',
  }),
  allowOrigin: z.array(z.string().refine(isOrigin)).default([]).register(about, {
    value: 'ORIGIN',
    summary: 'whose pages may post, * for all; repeatable',
    allowed: 'an origin, as https://app.example.org, or *',
    unless: 'none',
  }),
  switchOff: z.array(path).default([]).register(about, {
    value: 'FILE',
    summary: 'metrics devices leave out for a time; once per app',
    allowed: 'a list of files',
    unless: 'none',
  }),
  retentionDays: orOff(wholeNumber(minRetentionDays, 36_500))
    .default(retentionDays)
    .register(about, {
      value: 'N|off',
      summary: 'days for which counters are kept',
      allowed: `off, or a whole number from ${minRetentionDays}`,
    }),
  nonceMemory: byteCount(minNonceMemoryBytes)
    .default(nonceMemoryBytes)
    .register(about, {
      value: 'BYTES',
      summary: 'memory for what tells a batch from its repetition; more of it goes to disk',
      allowed: `a number of bytes from ${minNonceMemoryBytes}, as 96MiB`,
      unless: `${nonceMemoryBytes / 2 ** 20}MiB`,
    }),
  log: z.enum(['off', 'error', 'warn', 'info']).default('info').register(about, {
    value: 'LEVEL',
    summary: 'off, error, warn or info; JSON lines on standard output',
    allowed: 'off, error, warn or info',
  }),
});

/** The same, with what follows from other settings. */
const schema = settings.transform((given, context) => {
  const { adminSocket = socketOf(given.db) } = given;
  if (adminSocket !== false && !isSocketPath(adminSocket)) {
    context.addIssue({ code: 'custom', path: ['adminSocket'], input: adminSocket });
  }
  return { ...given, adminSocket };
});

export type Config = z.infer<typeof schema>;
export type SettingName = keyof Config;

export const defaults: Config = schema.parse({});

export const settingNames = Object.keys(settings.shape) as readonly SettingName[];

export function aboutSetting(name: SettingName): About {
  return about.get(settings.shape[name]) as About;
}

export function isList(name: SettingName): boolean {
  const setting = settings.shape[name];
  return setting instanceof z.ZodDefault && setting.unwrap() instanceof z.ZodArray;
}

/** The flag of a setting: rateLimit is --rate-limit. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The variable of a setting: rateLimit is DITHER_RATE_LIMIT. */
export function variableOf(name: string): string {
  return `DITHER_${flagOf(name).slice(2).replaceAll('-', '_').toUpperCase()}`;
}

type Texts = { readonly [name: string]: string | undefined };

/** What was set by flags, by the setting's name; the file of settings, too. */
export type Flags = { readonly [name in SettingName | 'config']?: string | readonly string[] };

export interface Configuration {
  readonly config: Config;
  /** Where each value comes from: a flag, a variable, a place in a file, or `default`. */
  readonly sources: { readonly [name in SettingName]: string };
}

/**
 * A flag wins over its variable, which wins over the file's key, which wins over the default. A variable that is empty
 * is not set.
 * @throws ConfigError naming each setting that is unknown or cannot be meant, with its source and what is allowed
 */
export async function readConfig(flags: Flags, environment: Texts = process.env): Promise<Configuration> {
  const file = flags.config ?? environment[variableOf('config')];
  const fromFile = typeof file === 'string' && file !== '' ? await readConfigFile(file) : new Map<string, Given>();
  const unknown = [
    ...Object.keys(environment).filter((name) => name.startsWith('DITHER_') && !VARIABLES.has(name)),
    ...[...fromFile].filter(([name]) => !KEYS.has(name)).map(([, { source }]) => source),
  ];
  const given = new Map<SettingName, Given>();
  for (const name of settingNames) {
    const found = fromFlag(name, flags) ?? fromVariable(name, environment) ?? fromFile.get(name);
    if (found !== undefined) given.set(name, found);
  }
  const parsed = schema.safeParse(Object.fromEntries([...given].map(([name, { value }]) => [name, value])));
  const wrong = parsed.success ? [] : parsed.error.issues.map((issue) => complaint(issue, given));
  const complaints = [...unknown.map((source) => `${source}: there is no such setting`), ...new Set(wrong)];
  if (!parsed.success || complaints.length > 0) throw new ConfigError(complaints.join('\n'));
  const sources = settingNames.map((name) => [name, given.get(name)?.source ?? 'default']);
  return { config: parsed.data, sources: Object.fromEntries(sources) };
}

const KEYS: ReadonlySet<string> = new Set(settingNames);
const VARIABLES: ReadonlySet<string> = new Set(['config', ...settingNames].map(variableOf));

function fromFlag(name: SettingName, flags: Flags): Given | undefined {
  const value = flags[name];
  return value === undefined ? undefined : { value, source: flagOf(name) };
}

function fromVariable(name: SettingName, environment: Texts): Given | undefined {
  const source = variableOf(name);
  const text = environment[source];
  if (text === undefined || text === '') return undefined;
  return { value: isList(name) ? text.split(',') : text, source };
}

function complaint({ path: [name, index] }: z.core.$ZodIssue, given: ReadonlyMap<SettingName, Given>): string {
  const setting = name as SettingName;
  const { allowed, isSecret } = aboutSetting(setting);
  const { value, source } = given.get(setting) ?? { value: undefined, source: `the default of ${flagOf(setting)}` };
  const part = Array.isArray(value) && typeof index === 'number' ? (value[index] as unknown) : value;
  const shown = isSecret === true || part === undefined ? 'it' : JSON.stringify(part);
  return `${source}: ${shown} is not ${allowed}`;
}
