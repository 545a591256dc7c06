import { Worker } from 'node:worker_threads';
import { StorageError } from '../../errors.js';
import type { Contents, Reply, Request } from './messages.js';

/** The main thread's end of the thread that owns the database. */
export interface Connection {
  readonly contents: Contents;
  /**
   * @param transfer - buffers of the request that are handed over
   * @throws StorageError
   */
  ask(request: Request, transfer?: readonly ArrayBuffer[]): Promise<Reply>;
  /** Ends the thread. */
  end(): Promise<void>;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: StorageError) => void;
}

/** @throws StorageError, of a code that refuses to open */
export async function connect(path: string): Promise<Connection> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { path } });
  const waiting: Waiting[] = [];
  let broken: StorageError | undefined;

  const lose = (why: string) => {
    broken ??= new StorageError('outcome-unknown', `the storage thread ended: ${why}`);
    for (const one of waiting.splice(0)) one.reject(broken);
  };
  worker.on('error', (error) => lose(error.message));
  worker.on('exit', (code) => lose(`exit code ${code}`));
  worker.on('message', (reply: Reply) => {
    const next = waiting.shift();
    if (reply.failure === undefined) next?.resolve(reply);
    else next?.reject(new StorageError(reply.failure.code, reply.failure.message));
  });

  const answer = () =>
    new Promise<Reply>((resolve, reject) => {
      if (broken === undefined) waiting.push({ resolve, reject });
      else reject(broken);
    });

  const { contents } = await answer();
  return {
    contents: contents as Contents,
    async ask(request, transfer = []) {
      const done = answer();
      if (broken === undefined) worker.postMessage(request, transfer);
      return done;
    },
    async end() {
      broken ??= new StorageError('storage-closed', 'the storage is closed');
      await worker.terminate();
    },
  };
}
