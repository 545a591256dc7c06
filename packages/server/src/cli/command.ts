import type { Configuration, SettingName } from '../config.js';

/** 2 for settings and usage, 1 for all else that went wrong. */
export type ExitCode = 0 | 1 | 2;

/** All that a command touches outside the server's own parts. */
export interface Io {
  /** What was asked for. */
  out(text: string): void;
  /** What is said about it to people. */
  note(text: string): void;
  /** At each SIGTERM and SIGINT from here on; without, they end the process. */
  onSignal(then: () => void): void;
  /** Ends the process whatever its threads do: any other end waits for one that waits for a disk. */
  kill(): Promise<never>;
}

interface Option {
  /** How help names the value; a flag has none. */
  readonly value?: string;
  readonly summary: string;
}

/** What a command was called with. */
export interface Given<Operand extends string = string, Name extends string = string> {
  readonly operands: Readonly<Record<Operand, string>>;
  /** As given: texts, or `true` for a flag. */
  readonly options: Readonly<Partial<Record<Name, string | true>>>;
  readonly configuration: Configuration;
}

/** A command is data; the runner reads the command line and the settings, calls `run`, and exits with what it returns. */
export interface Command<Operand extends string = string, Name extends string = string> {
  readonly meta: { readonly name: string; readonly summary: string; readonly detail?: string };
  /** What stands by itself, in this order; all of it is needed. Names in capitals, each with what it is. */
  readonly operands: Readonly<Record<Operand, string>>;
  readonly options: Readonly<Record<Name, Option>>;
  /** Settings that can be given as flags. Variables and the file count for every command. */
  readonly settings: readonly SettingName[];
  run(given: Given<Operand, Name>, io: Io): Promise<ExitCode>;
}

/** Checks and infers the names of a command's arguments. */
export function defineCommand<Operand extends string, Name extends string>(
  command: Command<Operand, Name>,
): Command<Operand, Name> {
  return command;
}

/** Of every command that lists something. */
export const json = { json: { summary: 'as JSON' } } as const;

/** Settings by which a command finds the server, or its file. */
export const reach: readonly SettingName[] = ['db', 'adminSocket'];
