import { parentPort, workerData } from 'node:worker_threads';
import { NONCE_BYTES } from '@dither/protocol';
import { StorageError } from '../../errors.js';
import { unpackState } from '../packed-state.js';
import type { BackupContents } from './backup.js';
import { noncesOf, stateAt, verified } from './checksum.js';
import { corruption, openingError } from './errors.js';
import type { CheckReply, CheckTask, NonceRow, StateRow } from './messages.js';
import { type Handle, openFile, openToRead } from './open.js';
import { endTurn, type ThreadData } from './turn.js';

/** A thread that looks at a file which no server has open: see `CheckTask`. */
const { task, path, turn } = workerData as CheckTask & ThreadData;

function read(db: Handle): BackupContents {
  const count = (sql: string) => Number((db.prepare(sql).get() as { count: number | bigint }).count);
  if (count('SELECT count(*) AS count FROM log') > 0) throw new StorageError('storage-corrupt', `${path} has batches`);
  let reports = 0;
  let windows = 0;
  type Row = StateRow & { readonly n: number; readonly crc: number };
  const states = db.prepare('SELECT metric, window, n, state, crc FROM state').iterate() as Iterable<Row>;
  for (const { metric, window, n, state, crc } of states) {
    if (unpackState(verified(stateAt(metric, window), state, crc)).n !== n)
      throw new StorageError('storage-corrupt', corruption(path));
    reports += n;
    windows++;
  }
  let nonceBytes = 0;
  for (const table of ['nonces', 'sealed']) {
    type Segment = NonceRow & { readonly crc: number };
    const segments = db.prepare(`SELECT day, segment, crc FROM ${table}`).iterate() as Iterable<Segment>;
    for (const { day, segment, crc } of segments) nonceBytes += verified(noncesOf(day), segment, crc).length;
  }
  return {
    registries: count('SELECT count(*) AS count FROM registry'),
    windows,
    reports,
    nonces: nonceBytes / NONCE_BYTES,
  };
}

function settle(db: Handle): undefined {
  // Of the migration, if there was one.
  if (db.isTransaction) db.exec('COMMIT');
}

function answer(): CheckReply {
  let db: Handle | undefined;
  try {
    db = task === 'read' ? openToRead(path) : openFile(path);
    const contents = task === 'read' ? read(db) : settle(db);
    return contents === undefined ? {} : { contents };
  } catch (error) {
    const { code, message } = openingError(path, error);
    return { failure: { code, message: message.replace(`${code}: `, '') } };
  } finally {
    if (db?.isOpen) db.close();
  }
}

const reply = answer();
endTurn(turn);
parentPort?.postMessage(reply);
