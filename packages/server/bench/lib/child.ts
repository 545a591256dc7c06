import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { endsWithUs } from './with-us.js';

/** A process of its own that answers questions one after the other. */
export interface Child {
  readonly pid: number;
  /** What it says next. */
  said<T>(): Promise<T>;
  ask<T>(question: unknown): Promise<T>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<void>;
}

/** Of a child's process. */
export interface Runtime {
  readonly environment?: { readonly [name: string]: string };
  /** Such as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[];
}

/**
 * Starts `bench/children/<name>.ts` with options that it reads from its first argument. Benches are run in the folder of
 * the package.
 */
export function startChild(name: string, options: unknown, { environment = {}, nodeArgs = [] }: Runtime = {}): Child {
  const runner = join('..', '..', 'scripts', 'run-ts.mjs');
  const child: ChildProcess = fork(runner, [join('bench', 'children', `${name}.ts`), JSON.stringify(options)], {
    env: { ...process.env, ...environment },
    execArgv: [...nodeArgs],
  });
  const ended = endsWithUs(child);
  function said<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(message as T));
      void ended.then(() => reject(new Error(`${name} ended`)));
    });
  }
  return {
    pid: child.pid as number,
    said,
    ask(question) {
      const answer = said();
      child.send(question as object);
      return answer as Promise<never>;
    },
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

/** The other end: what the child was started with. */
export function childOptions<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

export function say(what: unknown): void {
  process.send?.(what);
}
