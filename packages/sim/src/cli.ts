import { SimError } from './errors.js';
import type { Io } from './io.js';
import { PROGRAM, program } from './program.js';

const stop = new AbortController();
// Once: a second signal ends the process, as it does any other.
process.once('SIGINT', () => stop.abort());

const io: Io = {
  out: (text) => process.stdout.write(text),
  note: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  // Asks NO_COLOR and TERM, too.
  isColoured: process.stdout.isTTY === true && process.stdout.hasColors(),
  now: () => performance.now(),
  stop: stop.signal,
};

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  const { message } = new SimError('output-unwritable', `the output cannot be written (${String(error.code)})`);
  process.stderr.write(`${PROGRAM}: ${message}\n`);
  // What is left to do would be written to nowhere.
  process.exit(2);
});

process.exitCode = await program(process.argv.slice(2), io);
