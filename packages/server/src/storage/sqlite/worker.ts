import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { StorageError } from '../../errors.js';
import type { Database } from './database.js';
import type { Reply, Request } from './messages.js';

/** The thread that owns the database: it does what it is told, in order, and answers each time. */
const port = parentPort as MessagePort;
const { path } = workerData as { readonly path: string };

const MISSING = `no SQLite binary fits this platform (${process.platform} ${process.arch}, Node ${process.versions.node}).
@photostructure/sqlite ships them for Linux (glibc and musl), macOS and Windows, on x64 and arm64. Elsewhere install
Python 3 and a C++ compiler, then run: npm rebuild @photostructure/sqlite`;

async function openDatabase(): Promise<Database> {
  const module = await import('./database.js').catch((error: Error) => {
    throw new StorageError('storage-driver-missing', `${MISSING}\n(${error.message})`);
  });
  return module.openDatabase(path);
}

function answer(work: () => unknown): Reply {
  try {
    return { output: work() };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Reply {
  const code = error instanceof StorageError ? error.code : 'storage-broken';
  return { failure: { code, message: (error as Error).message.replace(`${code}: `, '') } };
}

/** Bytes that are nobody else's are handed over: those of a day's nonces are some megabytes. */
function ownBuffers(output: unknown): ArrayBuffer[] {
  if (!(output instanceof Uint8Array) || output.buffer.byteLength !== output.byteLength) return [];
  return [output.buffer as ArrayBuffer];
}

try {
  const db = await openDatabase();
  port.on('message', ({ op, input }: Request) => {
    const reply = answer(() => db[op](input as never));
    port.postMessage(reply, ownBuffers(reply.output));
  });
  port.postMessage({ output: db.load() } satisfies Reply);
} catch (error) {
  port.postMessage(failure(error));
}
