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

function answer(work: () => Reply): Reply {
  try {
    return work();
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Reply {
  const code = error instanceof StorageError ? error.code : 'outcome-unknown';
  return { failure: { code, message: (error as Error).message.replace(`${code}: `, '') } };
}

function perform(db: Database, request: Request): Reply {
  switch (request.op) {
    case 'accept':
      db.accept();
      break;
    case 'commit':
      db.commit(request.row);
      break;
    case 'fold':
      db.fold(request.fold);
      break;
    case 'save-registry':
      db.saveRegistry(request.fingerprint, request.text);
      break;
    case 'save-candidates':
      db.saveCandidates(request.list);
      break;
    case 'load-candidates':
      return db.loadCandidates(request.name);
    case 'delete-candidates':
      db.deleteCandidates(request.name);
      break;
    case 'close':
      db.close();
      break;
  }
  return {};
}

try {
  const db = await openDatabase();
  port.on('message', (request: Request) => port.postMessage(answer(() => perform(db, request))));
  port.postMessage({ contents: db.load() } satisfies Reply);
} catch (error) {
  port.postMessage(failure(error));
}
