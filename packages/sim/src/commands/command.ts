import { parseArgs } from 'node:util';
import { SimError } from '../errors.js';
import type { Io } from '../io.js';

export interface Argument {
  /** How the help names the value; a flag has none. */
  readonly value?: string;
  readonly summary: string;
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
  seed: { value: 'TEXT', summary: 'replays a run byte for byte; a fresh one is drawn and printed unless given' },
  quick: { summary: 'fewer repetitions: under ten seconds' },
  json: { summary: 'one JSON object instead of tables' },
  out: { value: 'FILE.html', summary: 'writes a page with charts, too' },
} as const satisfies Readonly<Record<string, Argument>>;

/** What a command takes that simulates installations one by one. */
export const engineArguments = {
  engine: {
    value: 'NAME',
    summary: 'clients (one by one) or exact (their sum, at once); what fits the size unless told',
  },
  threads: { value: 'N', summary: 'for clients; as many as there are cores unless told. The result is the same' },
} as const satisfies Readonly<Record<string, Argument>>;

/** Checks and infers the names of a command's arguments. */
export function defineCommand<Name extends string>(command: Command<Name>): Command<Name> {
  return command;
}

/** @throws SimError `argument-unknown`, `argument-missing` */
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
    given[token.name] = token.value ?? true;
  }
  return given;
}

/** A whole number in digits, or undefined where none was given. @throws SimError `argument-invalid` */
export function wholeNumber(name: string, text: string | true | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const number = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > max) {
    throw new SimError('argument-invalid', `--${name} is a whole number from 1 to ${max}, in digits`);
  }
  return number;
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
