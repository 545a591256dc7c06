import { parseArgs } from 'node:util';
import { type Flags, flagOf, isList, readConfig, type SettingName } from '../config.js';
import { ConfigError } from '../errors.js';
import type { Command, Given } from './command.js';

/** A flag of a command: one of its own options, or a setting. */
interface Flag {
  readonly takesValue: boolean;
  readonly isRepeatable: boolean;
}

/**
 * What a command was called with, and the settings from wherever they were given.
 * @throws ConfigError
 */
export async function readArguments(command: Command, argv: readonly string[]): Promise<Given> {
  const flags = flagsOf(command);
  const texts = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokensOf(argv, flags)) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const flag = flags.get(name);
    if (flag === undefined) throw wrong(command, `there is no ${rawName} here`);
    // An option after one that lacks its value would be taken for it.
    const isMissing = value === undefined || (inlineValue === false && value.startsWith('--'));
    if (flag.takesValue && isMissing) throw wrong(command, `--${name} takes a value`);
    if (!flag.takesValue && value !== undefined) throw wrong(command, `--${name} takes no value`);
    const given = texts.get(name) ?? [];
    if (given.length > 0 && !flag.isRepeatable) throw wrong(command, `--${name} is given twice`);
    texts.set(name, [...given, value ?? '']);
  }
  const names = Object.keys(command.operands);
  const [extra] = operands.slice(names.length);
  if (extra !== undefined) throw wrong(command, `there is no place for ${JSON.stringify(extra)}`);
  if (operands.length < names.length) throw wrong(command, `${names[operands.length]} is missing`);
  return {
    operands: Object.fromEntries(names.map((name, i) => [name, operands[i] as string])),
    options: optionsOf(command, texts),
    configuration: await readConfig(settingsOf(command, texts)),
  };
}

function flagsOf({ options, settings }: Command): ReadonlyMap<string, Flag> {
  const flags = new Map<string, Flag>([['config', { takesValue: true, isRepeatable: false }]]);
  for (const [name, { value }] of Object.entries(options)) {
    flags.set(name, { takesValue: value !== undefined, isRepeatable: false });
  }
  for (const name of settings) flags.set(flagOf(name).slice(2), { takesValue: true, isRepeatable: isList(name) });
  return flags;
}

function tokensOf(argv: readonly string[], flags: ReadonlyMap<string, Flag>) {
  const options = [...flags].map(
    ([name, { takesValue }]) => [name, { type: takesValue ? 'string' : 'boolean' }] as const,
  );
  const config = { options: Object.fromEntries(options), strict: false, allowPositionals: true, tokens: true } as const;
  return parseArgs({ args: [...argv], ...config }).tokens;
}

function optionsOf({ options }: Command, texts: ReadonlyMap<string, readonly string[]>): Given['options'] {
  const given = Object.entries(options).filter(([name]) => texts.has(name));
  return Object.fromEntries(
    given.map(([name, { value }]) => [name, value === undefined ? true : (texts.get(name)?.[0] ?? '')]),
  );
}

function settingsOf({ settings }: Command, texts: ReadonlyMap<string, readonly string[]>): Flags {
  const flags: { [name in SettingName | 'config']?: string | readonly string[] } = {};
  for (const name of [...settings, 'config'] as const) {
    const given = texts.get(flagOf(name).slice(2));
    if (given === undefined) continue;
    flags[name] = name !== 'config' && isList(name) ? given : (given[0] as string);
  }
  return flags;
}

function wrong({ meta }: Command, what: string): ConfigError {
  return new ConfigError(`${meta.name}: ${what}; see dither-server ${meta.name} --help`);
}
