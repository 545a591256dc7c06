import { parseArgs } from 'node:util';
import { SimError } from '../errors.js';
import { visible } from '../format.js';
import type { Io } from '../io.js';
import { someNumber } from './numbers.js';

export interface Argument {
  /** How the help names the value; a flag has none. */
  readonly value?: string;
  readonly summary: string;
  /** The argument without which this one would be ignored. */
  readonly needs?: string;
  /** Arguments beside which it would be ignored: by name, or `name=VALUE` where with that value alone. */
  readonly excludes?: readonly string[];
  /** Whether control characters are refused: the page shows the value, and it has to be the one that was given. */
  readonly isShown?: true;
}

/** Values by name, as given: texts, or `true` for a flag. */
export type Given<Name extends string> = Readonly<Partial<Record<Name, string | true>>>;

/** A command is data; the runner reads the arguments, calls `run` and exits with the code it returns. */
export interface Command<Name extends string = string> {
  readonly meta: { readonly name: string; readonly summary: string; readonly detail: string };
  readonly args: Readonly<Record<Name, Argument>>;
  /** @returns the exit code: what `finish` says, or 1 where what was looked at is not as promised */
  run(given: Given<Name>, io: Io): Promise<number>;
}

/** What every command takes; in a command's own list they come last. */
export const commonArguments = {
  seed: {
    value: 'TEXT',
    summary: 'replays a run byte for byte; a fresh one is drawn and printed unless given',
    isShown: true,
  },
  quick: { summary: 'fewer repetitions: under ten seconds for metrics of usual size' },
  json: { summary: 'one JSON object instead of tables' },
  out: { value: 'FILE.html', summary: 'writes a page with charts, too' },
} as const satisfies Readonly<Record<string, Argument>>;

/** What a command takes that simulates installations one by one. */
export const engineArguments = {
  engine: {
    value: 'NAME',
    summary: 'clients (one by one) or exact (their sum, at once); what fits the size unless told',
  },
  threads: {
    value: 'N',
    summary: 'for clients; as many as there are cores unless told. The result is the same',
    excludes: ['engine=exact'],
  },
} as const satisfies Readonly<Record<string, Argument>>;

/** Checks and infers the names of a command's arguments. */
export function defineCommand<Name extends string>(command: Command<Name>): Command<Name> {
  return command;
}

/** @throws SimError `argument-unknown`, `argument-missing`, `argument-invalid` */
export function readArguments(command: Command, argv: readonly string[]): Given<string> {
  const names = Object.keys(command.args);
  const options = Object.fromEntries(
    names.map((name) => [name, { type: command.args[name]?.value ? 'string' : 'boolean' } as const]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const given: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    const isOption = token.kind === 'option';
    const argument = isOption && Object.hasOwn(command.args, token.name) ? command.args[token.name] : undefined;
    if (!isOption || argument === undefined) {
      const known = names.map((name) => `--${name}`).join(', ');
      throw new SimError('argument-unknown', `${isOption ? token.rawName : token.value} is not one of ${known}`);
    }
    if (argument.value !== undefined && token.value === undefined) {
      throw new SimError('argument-missing', `--${token.name} takes a value: ${argument.value}`);
    }
    if (argument.value === undefined && token.value !== undefined) {
      throw new SimError('argument-invalid', `--${token.name} takes no value`);
    }
    if (token.value !== undefined) checkValue(token.name, argument, token.value);
    if (Object.hasOwn(given, token.name)) {
      throw new SimError('argument-invalid', `--${token.name} is given once`);
    }
    given[token.name] = token.value ?? true;
  }
  for (const name of Object.keys(given)) checkCompany(name, command.args[name], given);
  return given;
}

function checkValue(name: string, { value: what, isShown }: Argument, text: string): void {
  if (text === '') throw new SimError('argument-missing', `--${name} takes a value: ${what}`);
  if (isShown && visible(text) !== text) {
    throw new SimError('argument-invalid', `--${name} is a text without control characters`);
  }
}

/** What would be ignored is refused: whoever gave it takes it for heeded. */
function checkCompany(name: string, argument: Argument | undefined, given: Given<string>): void {
  const { needs, excludes = [] } = argument ?? {};
  if (needs !== undefined && given[needs] === undefined) {
    throw new SimError('argument-missing', `--${name} says nothing without --${needs}`);
  }
  for (const excluded of excludes) {
    const [other = '', value] = excluded.split('=');
    if (given[other] === undefined || (value !== undefined && given[other] !== value)) continue;
    throw new SimError(
      'argument-invalid',
      `--${name} says nothing beside --${other}${value === undefined ? '' : ` ${value}`}`,
    );
  }
}

/** A whole number, such as 100000 or 1e5, or undefined where none was given. @throws SimError `argument-invalid` */
export function wholeNumber(name: string, text: string | true | undefined, max: number): number | undefined {
  const isSound = (x: number): boolean => Number.isInteger(x) && x >= 1 && x <= max;
  return someNumber(name, text, `a whole number from 1 to ${max}`, isSound);
}

/** Arguments that make the same report again: those given but the forms of the output, and the seed where there is one. */
export function sameAgain(command: string, given: Given<string>, seed?: string): readonly string[] {
  const { json, out, threads, ...rest } = given;
  const words = Object.entries<string | true | undefined>({ ...rest, seed }).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return value === true ? [`--${name}`] : [`--${name}`, value];
  });
  return [command, ...words];
}

export function help(program: string, { meta, args }: Command): string {
  const rows = Object.entries<Argument>(args).map(([name, { value, summary }]) => [
    `  --${name}${value === undefined ? '' : ` ${value}`}`,
    summary,
  ]);
  const width = Math.max(...rows.map(([left = '']) => left.length)) + 2;
  const lines = rows.map(([left = '', right = '']) => `${left.padEnd(width)}${right}`);
  return [`${program} ${meta.name}: ${meta.summary}`, '', meta.detail, '', ...lines, ''].join('\n');
}
