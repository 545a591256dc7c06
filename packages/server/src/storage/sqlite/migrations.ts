import { decodeState } from '@dither/mechanisms';
import type { DatabaseSync } from '@photostructure/sqlite';
import { SCHEMA, SCHEMA_VERSION } from './schema.js';

type Handle = InstanceType<typeof DatabaseSync>;

/** Forward only: what turns a file of version i + 1 into the next. Frozen once released. */
const MIGRATIONS: readonly ((db: Handle) => void)[] = [
  (db) => db.exec(table('candidates')),
  (db) => {
    db.exec(`
      ALTER TABLE state RENAME TO state_2;
      ${table('state')}
      ${table('sealed')}
      ${table('record')}`);
    const insert = db.prepare('INSERT INTO state (metric, window, n, state) VALUES (?, ?, ?, ?)');
    const rows = db.prepare('SELECT metric, window, state FROM state_2').iterate() as Iterable<{
      metric: string;
      window: number;
      state: Uint8Array;
    }>;
    for (const { metric, window, state } of rows) insert.run(metric, window, decodeState(state).n, state);
    db.exec('DROP TABLE state_2');
  },
];

/** Brings a file of an earlier version up to date, within the caller's transaction, and stamps it. */
export function migrate(db: Handle, version: number): void {
  for (const step of MIGRATIONS.slice(version - 1)) step(db);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** A table as it is today: the day it changes, the step that made it gets its own words. */
function table(name: string): string {
  return new RegExp(`CREATE TABLE ${name} \\([^;]*;(?=\\n\\n|\\nCREATE)`).exec(SCHEMA)?.[0] ?? '';
}
