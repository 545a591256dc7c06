import { linesOf, runCli } from './cli/run.js';

/** Waits until what was written has left the process: that it ends would cut it short. */
async function written(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => {
      stream.write('', () => resolve());
    });
  }
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Nobody knows what is half done: the restart begins from what is on disk.
process.on('uncaughtException', (error) => {
  process.stderr.write(linesOf(error));
  process.exit(1);
});

const code = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  note: (text) => process.stderr.write(text),
  onSignal(then) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, then);
  },
  async kill() {
    await written();
    process.kill(process.pid, 'SIGKILL');
    // The first process of a container cannot be killed from within it.
    process.exit(1);
  },
});
await written();
process.exit(code);
