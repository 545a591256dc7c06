import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteStorage } from '@dither/server';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eraseLog } from '../src/storage/sqlite/write-ahead-log.js';
import { counted, DAY, incoming, registry, temporaryFolder } from './fixture.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;

/** A database in the mode the server uses, with a write-ahead log that holds `SECRET`. */
const SECRET = 'a batch that nobody should find';
function database() {
  const path = join(temporaryFolder(), 'a.db');
  const db = new DatabaseSync(path);
  onTestFinished(() => {
    if (db.isOpen) db.close();
  });
  db.exec(`
    PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE log (id INTEGER PRIMARY KEY, batches TEXT)`);
  return { path, db, wal: () => readFileSync(`${path}-wal`) };
}

describe('eraseLog', () => {
  it('overwrites what the write-ahead log held, and the log goes on', () => {
    const { path, db, wal } = database();
    for (let round = 1; round <= 3; round++) {
      for (let i = 0; i < 20; i++) db.exec(`INSERT INTO log (batches) VALUES ('${SECRET}')`);
      expect(wal().includes(SECRET)).toBe(true);
      db.exec('DELETE FROM log WHERE id > 1');
      eraseLog(db, path);
      expect(wal().every((byte) => byte === 0)).toBe(true);
      db.exec(`INSERT INTO log (id, batches) VALUES (1, '') ON CONFLICT DO UPDATE SET batches = '${round}'`);
    }
    const copy = join(temporaryFolder(), 'copy.db');
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    const reopened = new DatabaseSync(copy);
    onTestFinished(() => reopened.close());
    expect(reopened.prepare('SELECT * FROM log').all()).toEqual([{ id: 1, batches: '3' }]);
    expect(readFileSync(copy).includes(SECRET)).toBe(false);
  });

  it('takes away nothing that is read again: what was in the log is read from the database', () => {
    const { path, db } = database();
    db.exec('PRAGMA cache_size = 1; CREATE TABLE other (id INTEGER PRIMARY KEY, text TEXT)');
    const rows = () => db.prepare('SELECT count(*) AS n, sum(id) AS sum, sum(length(text)) AS length FROM other').get();
    for (let round = 0; round < 5; round++) {
      db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        INSERT INTO other (text) SELECT '${SECRET}' || i FROM n`);
      db.exec(`UPDATE other SET text = text || ${round} WHERE id % 3 = 0`);
      const before = rows();
      eraseLog(db, path);
      // With no page left in memory.
      db.exec('PRAGMA shrink_memory');
      expect(rows()).toEqual(before);
      expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    }
  });

  it('can be cut short anywhere: what is read afterwards is what was committed', () => {
    const { path, db, wal } = database();
    for (let i = 0; i < 20; i++)
      db.exec(`INSERT INTO log (batches) VALUES ('${SECRET}'); DELETE FROM log WHERE id < 3`);
    const before = wal();
    const committed = db.prepare('SELECT id FROM log ORDER BY id').all();
    db.prepare('PRAGMA wal_checkpoint(FULL)').get();
    const checkpointed = readFileSync(path);
    // As if the power failed after so many bytes of the header, or of what follows it, were zeros.
    for (const zeros of [0, 1, 8, 32, 33, 1000, 5000, before.length - 1, before.length]) {
      const copy = join(temporaryFolder(), 'copy.db');
      writeFileSync(copy, checkpointed);
      writeFileSync(`${copy}-wal`, Buffer.from(before).fill(0, 0, zeros));
      const reopened = new DatabaseSync(copy);
      expect(reopened.prepare('SELECT id FROM log ORDER BY id').all()).toEqual(committed);
      expect(reopened.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
      reopened.close();
    }
  });
});

describe('the log', () => {
  it('is overwritten at the next start where a crash came between the fold and that', async () => {
    const path = join(temporaryFolder(), 'a.db');
    const crashed = await sqliteStorage({ path, foldMilliseconds: 60_000 });
    onTestFinished(() => crashed.close().catch(() => undefined));
    await crashed.saveRegistry(registry);
    const batch = incoming({ reports: [YES, { id: 'load-time', bytes: [9, 1] }] });
    await crashed.commit([batch]);
    const copy = join(temporaryFolder(), 'copy.db');
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    // Folded by hand: the batch is in the write-ahead log alone.
    const db = new DatabaseSync(copy);
    db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0; DELETE FROM log',
    );
    const left = [readFileSync(copy), readFileSync(`${copy}-wal`)] as const;
    db.close();
    writeFileSync(copy, left[0]);
    writeFileSync(`${copy}-wal`, left[1]);
    const needle = Buffer.from(batch.bytes.subarray(11));
    expect(left[1].includes(needle)).toBe(true);

    const storage = await sqliteStorage({ path: copy });
    onTestFinished(() => storage.close());
    expect(Buffer.concat([readFileSync(copy), readFileSync(`${copy}-wal`)]).includes(needle)).toBe(false);
  });

  it('reads the same at whatever moment of a fold', async () => {
    const path = join(temporaryFolder(), 'a.db');
    const storage = await sqliteStorage({ path, foldBatches: 1, foldMilliseconds: 1 });
    onTestFinished(() => storage.close().catch(() => undefined));
    await storage.saveRegistry(registry);
    for (let i = 1; i <= 50; i++) {
      await storage.commit([incoming({ reports: [YES] })]);
      expect(await counted(storage, 'dark-mode')).toEqual([{ window: DAY - 1, n: i, counts: [i] }]);
      expect(await storage.windows(registry.metrics['dark-mode'].fingerprint)).toEqual([{ window: DAY - 1, n: i }]);
    }
  });
});
