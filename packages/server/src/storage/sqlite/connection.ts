import { StorageError } from '../../errors.js';
import { type Contents, END, type Operation, type Operations, type Reply, type Request } from './messages.js';
import { openHere, refuseIfOpenHere } from './open-here.js';
import { startThread } from './turn.js';

/** The main thread's end of the thread that owns the database. */
export interface Connection {
  readonly contents: Contents;
  /**
   * @param transfer - buffers of the input that are handed over
   * @throws StorageError
   */
  ask<Op extends Operation>(
    op: Op,
    input: Operations[Op][0],
    transfer?: readonly ArrayBuffer[],
  ): Promise<Operations[Op][1]>;
  /** Ends the thread, after what was asked of it before. */
  end(): Promise<void>;
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: StorageError) => void;
}

/** @throws StorageError, of a code that refuses to open */
export async function connect(path: string): Promise<Connection> {
  refuseIfOpenHere(path);
  // It makes little that lives long, and the memory of what it has made is given back the sooner.
  const limits = { maxYoungGenerationSizeMb: 8 };
  const { worker, ended } = startThread(new URL('./worker.js', import.meta.url), { path }, limits);
  const waiting: Waiting[] = [];
  let broken: StorageError | undefined;

  const lose = (why: string) => {
    broken ??= new StorageError('storage-broken', `the storage thread ended: ${why}`);
    for (const one of waiting.splice(0)) one.reject(broken);
  };
  worker.on('error', (error) => lose(error.message));
  worker.on('exit', (code) => lose(`exit code ${code}`));
  worker.on('message', ({ failure, output }: Reply) => {
    const next = waiting.shift();
    if (failure === undefined) next?.resolve(output);
    else next?.reject(new StorageError(failure.code, failure.message));
  });

  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      if (broken === undefined) waiting.push({ resolve, reject });
      else reject(broken);
    });

  const contents = (await answer()) as Contents;
  const closed = openHere(path);
  return {
    contents,
    async ask(op, input, transfer = []) {
      const done = answer();
      if (broken === undefined) worker.postMessage({ op, input } satisfies Request, transfer);
      return (await done) as Operations[typeof op][1];
    },
    async end() {
      broken ??= new StorageError('storage-closed', 'the storage is closed');
      worker.postMessage(END);
      await ended;
      closed();
    },
  };
}
