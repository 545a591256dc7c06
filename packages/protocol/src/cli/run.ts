import { parseArgs } from 'node:util';
import { RegistryFileError, type RegistryFileErrorCode } from '../node/errors.js';
import { adviseCommand } from './advise.js';
import { checkCommand } from './check.js';
import { type Args, type Command, type Context, EXIT, type ExitCode, UsageError } from './command.js';
import { describeCommand } from './describe.js';
import { diffCommand } from './diff.js';
import { exportCommand } from './export.js';
import { resolveCommand } from './resolve.js';

const commands: readonly Command[] = [
  checkCommand,
  adviseCommand,
  exportCommand,
  diffCommand,
  resolveCommand,
  describeCommand,
];

/** Nothing was said about the registry itself: it could not be looked at, or the answer not written. */
const UNSEEN: readonly string[] = [
  'file-unreadable',
  'file-unwritable',
  'file-type-unknown',
  'esbuild-missing',
] satisfies RegistryFileErrorCode[];

function help(): string {
  const lines = commands.map(({ meta }) => `  dither-registry ${meta.usage}\n      ${meta.summary}\n`);
  return `Usage:\n${lines.join('')}\nExit code: 0 in order, 1 refused, stale, or a metric expires soon, 2 usage.\n`;
}

/** Runs one command line. Never throws for what a user can do. */
export async function runCli(
  argv: readonly string[],
  context: Context & { readonly printError: (text: string) => void },
): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === 'help' || name === '--help' || name === '-h') {
    context.print(help());
    return EXIT.ok;
  }
  const command = commands.find(({ meta }) => meta.name === name);
  const args = command && parse(command, rest);
  if (command === undefined || typeof args !== 'object') {
    context.printError(`${args ?? (name === undefined ? '' : `unknown command: ${name}\n`)}${help()}`);
    return EXIT.usage;
  }
  try {
    return await command.run(args, context);
  } catch (error) {
    if (error instanceof UsageError) {
      context.printError(`${error.message}\n${help()}`);
      return EXIT.usage;
    }
    if (!(error instanceof RegistryFileError)) throw error;
    context.printError(`${error.message}\n`);
    return UNSEEN.includes(error.code) ? EXIT.usage : EXIT.refused;
  }
}

/** @returns a message if the arguments do not fit */
function parse(command: Command, argv: string[]): Args | string {
  try {
    const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options: command.args.options });
    const { positionals: files, areFilesOptional = false } = command.args;
    if (positionals.length !== files && !(areFilesOptional && positionals.length === 0)) {
      return `${command.meta.name} takes ${files} file(s)\n`;
    }
    return { positionals, options: values as Args['options'] };
  } catch (error) {
    return `${(error as Error).message}\n`;
  }
}
