import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type Ended, type ProcessOptions, type ServerProcess, startProcess } from './server-process.js';

/** One server after the other over the same folder, as a supervisor has them. */
export interface Supervised {
  /** Of the one that listens now, or will next. @throws Error if one ends by itself before it listens */
  port(): Promise<number>;
  readonly current: ServerProcess;
  /** Starts the next one, as the first unless told; the last has ended. */
  start(options?: ProcessOptions): void;
  /** SIGTERM, and how it ended. */
  stop(): Promise<Ended>;
}

export function supervise(options: ProcessOptions): Supervised {
  let current = startProcess(options);
  onTestFinished(() => current.kill('SIGKILL'));
  return {
    async port() {
      for (;;) {
        const asked = current;
        const port = await asked.port.catch(() => undefined);
        if (port !== undefined) return port;
        const { code, text } = await asked.ended;
        // One that was killed is followed by another.
        if (code !== null) throw new Error(`a server did not start: ${text}`);
        await sleep(5);
      }
    },
    get current() {
      return current;
    },
    start(next = options) {
      current = startProcess(next);
    },
    stop() {
      current.kill('SIGTERM');
      return current.ended;
    },
  };
}
