import { decodeState } from '@dither/mechanisms';
import type { DatabaseSync } from '@photostructure/sqlite';
import { packState } from '../packed-state.js';
import { checksum, logRow, noncesOf, stateAt } from './checksum.js';
import type { NonceRow, StateRow } from './messages.js';
import { SCHEMA, SCHEMA_VERSION } from './schema.js';

type Handle = InstanceType<typeof DatabaseSync>;

/** Forward only: what turns a file of version i + 1 into the next. Frozen once released. */
const MIGRATIONS: readonly ((db: Handle) => void)[] = [
  (db) => db.exec(table('candidates')),
  (db) => {
    const changed = ['registry', 'state', 'nonces', 'log'];
    for (const name of changed) db.exec(`ALTER TABLE ${name} RENAME TO ${name}_2`);
    db.exec(`DROP INDEX nonces_by_day; ${[...changed, 'sealed', 'record'].map(table).join('')}`);
    db.exec('INSERT INTO registry SELECT * FROM registry_2');
    const insert = db.prepare('INSERT INTO state (metric, window, n, state, crc) VALUES (?, ?, ?, ?, ?)');
    for (const { metric, window, state } of rowsOf<StateRow>(db, 'state_2')) {
      const whole = decodeState(state);
      const packed = packState(whole);
      insert.run(metric, window, whole.n, packed, checksum(stateAt(metric, window), packed));
    }
    const nonces = db.prepare('INSERT INTO nonces (day, segment, crc) VALUES (?, ?, ?)');
    for (const { day, segment } of rowsOf<NonceRow>(db, 'nonces_2')) {
      nonces.run(day, segment, checksum(noncesOf(day), segment));
    }
    const log = db.prepare('INSERT INTO log (id, batches, crc) VALUES (?, ?, ?)');
    for (const { id, batches } of rowsOf<{ readonly id: number; readonly batches: Uint8Array }>(db, 'log_2')) {
      log.run(id, batches, checksum(logRow(id), batches));
    }
    for (const name of changed) db.exec(`DROP TABLE ${name}_2`);
  },
];

/** Brings a file of an earlier version up to date, within the caller's transaction, and stamps it. */
export function migrate(db: Handle, version: number): void {
  for (const step of MIGRATIONS.slice(version - 1)) step(db);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

function rowsOf<Row>(db: Handle, name: string): Iterable<Row> {
  return db.prepare(`SELECT * FROM ${name}`).iterate() as Iterable<Row>;
}

/** A table, with its index, as it is today: the day it changes, the step that made it gets its own words. */
function table(name: string): string {
  return new RegExp(`CREATE TABLE ${name} \\([^;]*;(\\nCREATE INDEX [^;]*;)?`).exec(SCHEMA)?.[0] ?? '';
}
