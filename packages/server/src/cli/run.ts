import { RegistryFileError } from '@dither/protocol/node';
import { AccessError, AdminError, ConfigError, isSystemError, StorageError, SwitchOffError } from '../errors.js';
import { readArguments } from './arguments.js';
import type { Command, ExitCode, Io } from './command.js';
import { commands } from './commands.js';
import { helpOf, overview } from './help.js';

const PROGRAM = 'dither-server';

/** Runs one command line; without a command it serves. Never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    io.note(linesOf(error));
    return isSetting(error) ? 2 : 1;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [first = ''] = argv;
  if (first === 'help' || first === '--help' || first === '-h') {
    const all = await Promise.all(Object.values(commands).map((load) => load()));
    io.out(overview(all, await load('serve')));
    return 0;
  }
  const words = first === '' || first.startsWith('-') ? [] : nameIn(argv);
  const command = await load(words.length === 0 ? 'serve' : words.join(' '));
  const rest = argv.slice(words.length);
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(helpOf(command));
    return 0;
  }
  return command.run(await readArguments(command, rest), io);
}

/** The words of the command that a command line begins with. @throws ConfigError naming those there are */
function nameIn([first = '', second = '']: readonly string[]): readonly string[] {
  if (Object.hasOwn(commands, first)) return [first];
  if (Object.hasOwn(commands, `${first} ${second}`)) return [first, second];
  const names = Object.keys(commands);
  const group = names.filter((name) => name.startsWith(`${first} `));
  throw new ConfigError(
    `there is no command ${JSON.stringify(first)}; there are: ${(group.length > 0 ? group : names).join(', ')}`,
  );
}

function load(name: string): Promise<Command> {
  return (commands[name] as () => Promise<Command>)();
}

function isSetting(error: unknown): boolean {
  return error instanceof ConfigError || error instanceof SwitchOffError;
}

/** What the operator can mend is said in a line for each thing; of anything else the trace is on the line, too. */
export function linesOf(error: unknown): string {
  const isExpected =
    isSetting(error) ||
    [StorageError, AccessError, AdminError, RegistryFileError].some((known) => error instanceof known) ||
    isSystemError(error);
  const text = isExpected ? (error as Error).message : traceOf(error);
  return text
    .split('\n')
    .map((line) => `${PROGRAM}: ${line}\n`)
    .join('');
}

function traceOf(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return trace.split(/\n\s*/).join(' | ');
}
