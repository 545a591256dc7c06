import { RegistryFileError } from '@dither/protocol/node';
import { type Command, help, readArguments } from './commands/command.js';
import { checkOut } from './commands/finish.js';
import { SimError } from './errors.js';
import type { Io } from './io.js';

export const PROGRAM = 'dither-sim';

/** A command is loaded when it is called. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.js')).run,
  compare: async () => (await import('./commands/compare.js')).compare,
  plan: async () => (await import('./commands/plan.js')).plan,
  longitudinal: async () => (await import('./commands/longitudinal.js')).longitudinal,
  attack: async () => (await import('./commands/attack.js')).attack,
  shuffle: async () => (await import('./commands/shuffle.js')).shuffle,
  decode: async () => (await import('./commands/decode.js')).decode,
};

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const lines = all.map(({ meta }) => `  ${meta.name.padEnd(14)}${meta.summary}`);
  return [`${PROGRAM} COMMAND [--help]`, '', ...lines, ''].join('\n');
}

/**
 * The program without its process.
 * @param argv - without the program's own name
 * @returns the exit code: a command's own, or 2 where the input is refused
 */
export async function program(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await runCommand(argv, io);
  } catch (error) {
    if (!(error instanceof SimError || error instanceof RegistryFileError)) throw error;
    io.note(`${PROGRAM}: ${error.message}\n`);
    return 2;
  }
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
  const given = readArguments(command, rest);
  await checkOut(given);
  return command.run(given, io);
}
