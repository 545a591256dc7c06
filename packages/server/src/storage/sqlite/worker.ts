import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { StorageError } from '../../errors.js';
import type { Database } from './database.js';
import { END, type Reply, type Request } from './messages.js';
import { endTurn, inTurn, type ThreadData } from './turn.js';

/** The thread that owns the database: it does what it is told, in order, and answers each time. */
const port = parentPort as MessagePort;
const { path, turn } = workerData as ThreadData & { readonly path: string };

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

function serve(db: Database, { op, input }: Request): void {
  const reply = inTurn(turn, () => answer(() => db[op](input as never)));
  port.postMessage(reply, ownBuffers(reply.output));
}

try {
  const db = await openDatabase();
  port.on('message', (request: Request | typeof END) => {
    // Nothing keeps it then.
    if (request === END) port.close();
    else serve(db, request);
  });
  port.postMessage({ output: db.load() } satisfies Reply);
} catch (error) {
  port.postMessage(failure(error));
} finally {
  endTurn(turn);
}
