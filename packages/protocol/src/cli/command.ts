import type { ParseArgsConfig } from 'node:util';

export const EXIT = Object.freeze({
  ok: 0,
  /** The registry is refused, a metric expires soon, or a file made from it is stale. */
  refused: 1,
  /** The command was not understood, or its input cannot be read. */
  usage: 2,
});

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Args {
  readonly positionals: readonly string[];
  readonly options: { readonly [name: string]: string | boolean | undefined };
}

/** Everything a command takes from outside its arguments. */
export interface Context {
  /** UTC day since 1970-01-01. */
  readonly today: number;
  readonly print: (text: string) => void;
}

/** A command is data; `run.ts` parses for it, and the runner alone exits the process. */
export interface Command {
  readonly meta: { readonly name: string; readonly usage: string; readonly summary: string };
  readonly args: {
    /** How many files it takes. */
    readonly positionals: number;
    /** Whether it takes none as well. */
    readonly areFilesOptional?: boolean;
    readonly options: NonNullable<ParseArgsConfig['options']>;
  };
  run(args: Args, context: Context): Promise<ExitCode>;
}

/** Options that make no sense: the message, and how the program is used, go to standard error. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An option that is a number above 0. @throws UsageError */
export function numberOf(options: Args['options'], name: string): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number > 0 && number < Number.POSITIVE_INFINITY)) throw new UsageError(`--${name} is a number above 0`);
  return number;
}
