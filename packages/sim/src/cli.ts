import { RegistryFileError } from '@dither/protocol/node';
import { type Command, help, readArguments } from './commands/command.js';
import { SimError } from './errors.js';
import type { Io } from './io.js';

const PROGRAM = 'dither-sim';

/** A command is loaded when it is called. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.js')).run,
  decode: async () => (await import('./commands/decode.js')).decode,
};

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const lines = all.map(({ meta }) => `  ${meta.name.padEnd(12)}${meta.summary}`);
  return [`${PROGRAM} COMMAND [--help]`, '', ...lines, ''].join('\n');
}

async function runCommand(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h') {
    io.out(await overview());
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    throw new SimError('command-unknown', `the first argument is one of: ${Object.keys(commands).join(', ')}`);
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(help(PROGRAM, command));
    return 0;
  }
  return command.run(readArguments(command, rest), io);
}

const io: Io = {
  out: (text) => process.stdout.write(text),
  note: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
};

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await runCommand(process.argv.slice(2), io);
} catch (error) {
  if (!(error instanceof SimError || error instanceof RegistryFileError)) throw error;
  io.note(`${PROGRAM}: ${error.message}\n`);
  process.exitCode = 2;
}
