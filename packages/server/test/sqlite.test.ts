import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeState } from '@dither/mechanisms';
import { client as grr } from '@dither/mechanisms/grr';
import { category, defineRegistry, encodeBatch, registryToText, toHex } from '@dither/protocol';
import { checkBackup, restoreBackup, type SqliteStorage, sqliteStorage } from '@dither/server';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { unpackState } from '../src/storage/packed-state.js';
import { checksum, stateAt } from '../src/storage/sqlite/checksum.js';
import { SCHEMA_VERSION } from '../src/storage/sqlite/schema.js';
import { about, batchBytes, budget, counted, DAY, incoming, registry, temporaryFolder, testApp } from './fixture.js';
import { SCHEMA_1 } from './schema-1.js';
import { SCHEMA_2 } from './schema-2.js';
import { candidateList } from './storage.contract.js';
import { until } from './support/until.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;

function freshPath(): string {
  return join(temporaryFolder(), 'a.db');
}

async function open(path: string, options: Partial<Parameters<typeof sqliteStorage>[0]> = {}): Promise<SqliteStorage> {
  const storage = await sqliteStorage({ path, ...options });
  onTestFinished(() => storage.close().catch(() => undefined));
  return storage;
}

async function filled(path: string): Promise<void> {
  const storage = await open(path);
  await storage.saveRegistry(registry);
  await storage.commit([incoming({ reports: [YES] })]);
  await storage.close();
}

/** Changes the database while no server has it. A prepared statement would keep it open. */
function edit(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

/** A file as the versions before 3 wrote it, of what is in a file of today. */
function writeEarlier(path: string, schema: string, today: string, pragmas = ''): void {
  const states = (rowsOf(today, 'SELECT metric, window, state FROM state') as StateRow[]).map(
    ({ metric, window, state }) =>
      `INSERT INTO state VALUES ('${metric}', ${window}, x'${toHex(encodeState(unpackState(state)))}');`,
  );
  edit(
    path,
    `${pragmas} ${schema} ATTACH '${today}' AS today;
     INSERT INTO main.registry SELECT * FROM today.registry;
     INSERT INTO main.nonces SELECT day, segment FROM today.nonces;
     INSERT INTO main.log SELECT id, batches FROM today.log;
     ${states.join('')}`,
  );
}

/** Rows of the database as it is on disk. */
function rowsOf(path: string, sql: string): unknown[] {
  const copy = freshPath();
  copyFileSync(path, copy);
  const db = new DatabaseSync(copy);
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

interface StateRow {
  readonly metric: string;
  readonly window: number;
  readonly state: Uint8Array;
}

/** As if an earlier version had derived other parameters for one of the metrics: `registry` is what it stored. */
function makeOlder(path: string): void {
  const { fingerprint } = registry.metrics['load-time'];
  const states = rowsOf(path, `SELECT window, state FROM state WHERE metric = '${fingerprint}'`) as StateRow[];
  const moved = states.map(({ window, state }) => {
    const crc = checksum(stateAt(OLDER_METRIC, window), state);
    return `UPDATE state SET metric = '${OLDER_METRIC}', crc = ${crc} WHERE metric = '${fingerprint}' AND window = ${window};`;
  });
  edit(path, `UPDATE registry SET text = replace(text, '${fingerprint}', '${OLDER_METRIC}'); ${moved.join('')}`);
}

const OLDER_METRIC = '0123456789abcdef';
const ASIDE = { fingerprint: registry.fingerprint, reason: 'fingerprint-mismatch' };

/** Of the same app, with one of the same metrics. */
const later = defineRegistry({
  app: registry.app,
  expectedClients: 1000,
  budget,
  metrics: { theme: category({ ...about, period: 1, values: ['light', 'dark'], mechanism: grr }) },
});

/** Tables and indexes as they were declared. */
function declared(path: string): unknown {
  const db = new DatabaseSync(path);
  try {
    return db.prepare("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all();
  } finally {
    db.close();
  }
}

/** All bytes of the database and of the files beside it. */
function bytesOnDisk(path: string): Buffer {
  const folder = join(path, '..');
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

describe('sqlite storage', () => {
  it('reads everything back after it was closed', async () => {
    const path = freshPath();
    const first = await open(path);
    await first.saveRegistry(registry);
    const batches = Array.from({ length: 50 }, () => incoming({ reports: [YES, { id: 'theme', bytes: [1] }] }));
    await first.commit(batches);
    await first.saveCandidates(candidateList('hosts', 'a\nb\n'));
    await first.close();

    const second = await open(path);
    expect((await second.registries()).map(({ fingerprint }) => fingerprint)).toEqual([registry.fingerprint]);
    expect(await counted(second, 'dark-mode')).toEqual([{ window: DAY - 1, n: 50, counts: [50] }]);
    expect(await counted(second, 'theme')).toEqual([{ window: DAY - 1, n: 50, counts: [0, 50, 0] }]);
    expect(await second.candidates('hosts')).toEqual(candidateList('hosts', 'a\nb\n'));
    expect(await second.candidateLists()).toHaveLength(1);
    expect(new Set(await second.commit(batches))).toEqual(new Set(['duplicate']));
    expect(await second.commit([incoming({ day: DAY - 9, reports: [YES] })])).toEqual(['too-old']);
  });

  it('replays what was committed and not folded', async () => {
    const path = freshPath();
    const crashed = await open(path);
    await crashed.saveRegistry(registry);
    const batches = Array.from({ length: 20 }, () => incoming({ reports: [YES] }));
    await crashed.commit(batches.slice(0, 12));
    await crashed.commit(batches.slice(12));
    // A copy of the files at this moment is what a crash would leave.
    const copy = freshPath();
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);

    const recovered = await open(copy);
    expect(await counted(recovered, 'dark-mode')).toEqual([{ window: DAY - 1, n: 20, counts: [20] }]);
    expect(new Set(await recovered.commit(batches))).toEqual(new Set(['duplicate']));
    await recovered.close();
    const again = await open(copy);
    expect(await counted(again, 'dark-mode')).toEqual([{ window: DAY - 1, n: 20, counts: [20] }]);
  });

  it('folds by itself when idle, and leaves no batch on disk', async () => {
    const path = freshPath();
    const storage = await open(path, { foldMilliseconds: 600 });
    await storage.saveRegistry(registry);
    const batches = Array.from({ length: 60 }, () => incoming({ reports: [YES, { id: 'load-time', bytes: [9, 1] }] }));
    // Groups small enough to lie in one page.
    for (let i = 0; i < batches.length; i += 10) await storage.commit(batches.slice(i, i + 10));
    const inClear = () => {
      const disk = bytesOnDisk(path);
      return batches.filter((batch) => disk.includes(Buffer.from(batch.bytes.subarray(11)))).length;
    };
    expect(inClear()).toBe(batches.length);
    await until('a log that is overwritten', () => inClear() === 0);
    expect(await counted(storage, 'dark-mode')).toEqual([{ window: DAY - 1, n: 60, counts: [60] }]);
  });

  it('stores nonces without the order in which they came', async () => {
    const path = freshPath();
    const storage = await open(path);
    await storage.saveRegistry(registry);
    const batches = Array.from({ length: 100 }, () => incoming({ reports: [YES] }));
    await storage.commit(batches);
    await storage.close();
    const db = new DatabaseSync(path);
    onTestFinished(() => db.close());
    const rows = db.prepare('SELECT day, segment FROM nonces').all() as { day: number; segment: Uint8Array }[];
    expect(rows.map(({ day }) => day)).toEqual([DAY]);
    const sorted = batches.map(({ nonce }) => Buffer.from(nonce)).sort(Buffer.compare);
    expect(Buffer.from(rows[0]?.segment ?? []).equals(Buffer.concat(sorted))).toBe(true);
    expect(db.prepare('SELECT count(*) AS rows FROM log').get()).toEqual({ rows: 0 });
  });

  it('drops the nonces of days that are too old from the file', async () => {
    const path = freshPath();
    const storage = await open(path);
    await storage.saveRegistry(registry);
    for (const day of [DAY, DAY + 1, DAY + 9]) {
      await storage.commit([incoming({ day, reports: [{ ...YES, window: day - 1 }] })]);
    }
    await storage.close();
    const db = new DatabaseSync(path);
    onTestFinished(() => db.close());
    expect((db.prepare('SELECT day FROM nonces ORDER BY day').all() as { day: number }[]).map((r) => r.day)).toEqual([
      DAY + 1,
      DAY + 9,
    ]);
  });

  it('refuses a second process, and serves it once the first has gone', async () => {
    const path = freshPath();
    await filled(path);
    const first = await open(path);
    await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'storage-locked' });
    await first.close();
    expect(await counted(await open(path), 'dark-mode')).toHaveLength(1);
  });

  it('keeps other processes out whatever this one asks of the file', async () => {
    const path = freshPath();
    const storage = await open(path);
    // Whoever opens and closes a file takes his process's locks on it away.
    await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'storage-locked' });
    for (const of of [path, join(path, '..', '.', 'a.db')]) {
      await expect(checkBackup(of)).rejects.toMatchObject({ code: 'storage-locked' });
      await expect(restoreBackup(of, path)).rejects.toMatchObject({ code: 'storage-locked' });
    }
    storage.usage();
    await storage.backup(join(path, '..', 'backup.db'));
    await expect(restoreBackup(join(path, '..', 'backup.db'), path)).rejects.toMatchObject({ code: 'restore-refused' });
    const elsewhere = `import('@dither/server').then(({ sqliteStorage }) => sqliteStorage({ path: ${JSON.stringify(path)} }))
      .then(() => console.log('opened'), (error) => console.log(error.code)).finally(() => process.exit())`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', elsewhere], { cwd: import.meta.dirname });
    expect(stdout.trim()).toBe('storage-locked');
  });

  it('lets its process end with its own code, whatever the thread is doing', async () => {
    const server = new URL('../dist/index.js', import.meta.url).href;
    const script = `import('${server}').then(async ({ sqliteStorage }) => {
      const storage = await sqliteStorage({ path: 'a.db' });
      let done = 0;
      const ask = async () => { for (;;) { await storage.probe(); if (++done === 200) process.exit(7); } };
      for (let i = 0; i < 50; i++) void ask();
    })`;
    const ends = Array.from({ length: 3 }, () =>
      once(spawn(process.execPath, ['-e', script], { cwd: temporaryFolder(), stdio: 'ignore' }), 'close'),
    );
    // Where the thread is ended in the midst of a statement that is SIGABRT, four times in five.
    expect(await Promise.all(ends)).toEqual(ends.map(() => [7, null]));
  });

  it('refuses a file that is not its own, and leaves it as it is', async () => {
    const text = join(temporaryFolder(), 'notes.txt');
    writeFileSync(text, 'dear diary '.repeat(50));
    const foreign = join(temporaryFolder(), 'other.db');
    const other = new DatabaseSync(foreign);
    other.exec('CREATE TABLE diary (day TEXT); PRAGMA application_id = 77');
    other.close();
    for (const path of [text, foreign]) {
      const before = readFileSync(path);
      await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'storage-foreign' });
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  it('refuses a file of a newer version, and leaves it as it is', async () => {
    const path = freshPath();
    await filled(path);
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    const before = readFileSync(path);
    await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'storage-newer' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  for (const [version, schema] of [SCHEMA_1, SCHEMA_2].entries()) {
    it(`turns a file of version ${version + 1} into its own, in place, with all that is in it`, async () => {
      const [path, today] = [freshPath(), freshPath()];
      await filled(today);
      writeEarlier(path, schema, today);

      const storage = await open(path);
      expect(await counted(storage, 'dark-mode')).toEqual([{ window: DAY - 1, n: 1, counts: [1] }]);
      expect(await storage.windows(registry.metrics['dark-mode'].fingerprint)).toEqual([{ window: DAY - 1, n: 1 }]);
      await storage.saveCandidates(candidateList('hosts', 'a\n'));
      await storage.close();
      const again = await open(path);
      expect(await again.candidateLists()).toHaveLength(1);
      await again.close();
      expect(declared(path)).toEqual(declared(today));
      expect(readFileSync(path).readInt32BE(60)).toBe(SCHEMA_VERSION);
    });
  }

  it('sets aside a registry that it cannot read, says so, and keeps what it left', async () => {
    const path = freshPath();
    const before = await open(path);
    await before.saveRegistry(registry);
    const theme = { id: 'theme', bytes: [1] } as const;
    await before.commit([incoming({ reports: [theme, { id: 'load-time', bytes: [1, 0] }] })]);
    await before.close();
    makeOlder(path);
    const kept = () => [
      rowsOf(path, `SELECT * FROM registry WHERE fingerprint = '${registry.fingerprint}'`),
      rowsOf(path, `SELECT * FROM state WHERE metric = '${OLDER_METRIC}'`),
    ];
    const left = kept();
    expect(left.map((rows) => rows.length)).toEqual([1, 1]);

    for (const start of [1, 2]) {
      const lines: string[] = [];
      const storage = await open(path);
      const { app, post, get } = await testApp({
        registries: [later],
        storage,
        log: { level: 'warn', stream: { write: (line) => lines.push(line) } },
      });
      expect(storage.setAside).toEqual([ASIDE]);
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 40, ...ASIDE }]);
      expect((await post(batchBytes({ reports: [theme] }))).json()).toMatchObject({ code: 'unknown-registry' });
      const bytes = encodeBatch(later, {
        day: DAY,
        nonce: new Uint8Array(16).fill(start),
        reports: [{ index: 0, window: DAY - 1, bytes: Uint8Array.of(1) }],
      });
      expect((await post(bytes)).statusCode).toBe(200);
      // The same metric as in the registry that is set aside: it goes on from there.
      expect(await counted(storage, 'theme')).toMatchObject([{ n: 1 + start }]);
      expect((await get('/v1/metrics/theme/estimate')).statusCode).toBe(200);
      expect((await get('/v1/metrics/load-time/estimate')).json()).toMatchObject({ code: 'unknown-metric' });
      await app.close();
      await storage.close();
      expect(kept()).toEqual(left);
    }
  });

  it('serves a registry that was set aside once it is saved anew', async () => {
    const path = freshPath();
    await filled(path);
    makeOlder(path);
    const storage = await open(path);
    expect(await storage.registries()).toEqual([]);
    await storage.saveRegistry(registry);
    expect(storage.setAside).toEqual([]);
    await storage.close();
    expect((await open(path)).setAside).toEqual([]);
  });

  it('refuses a log with batches of a registry that it cannot read, and leaves the file as it is', async () => {
    const [path, version1] = [freshPath(), freshPath()];
    const crashed = await open(path);
    await crashed.saveRegistry(registry);
    await crashed.commit([incoming({ reports: [YES] })]);
    const copy = freshPath();
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    makeOlder(copy);
    writeEarlier(version1, SCHEMA_1, copy, 'PRAGMA journal_mode = WAL;');
    for (const refused of [copy, version1]) {
      const before = readFileSync(refused);
      await expect(sqliteStorage({ path: refused })).rejects.toMatchObject({
        code: 'storage-older',
        message: expect.stringMatching(/start the previous version once so that it folds its log/),
      });
      expect(readFileSync(refused).equals(before)).toBe(true);
      // The previous version reads it: here, this one with the text as it was.
      expect(rowsOf(refused, 'SELECT * FROM log')).toHaveLength(1);
      edit(refused, `UPDATE registry SET text = '${registryToText(registry).replaceAll("'", "''")}'`);
      expect(await counted(await open(refused), 'dark-mode')).toHaveLength(1);
    }
  });

  it('refuses a damaged file, and leaves it as it is', async () => {
    const path = freshPath();
    await filled(path);
    const damaged = readFileSync(path);
    damaged.fill(0xa5, 4096);
    writeFileSync(path, damaged);
    await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'storage-corrupt' });
    expect(readFileSync(path).equals(damaged)).toBe(true);
  });

  it('sees damage in what a file holds, whatever it is, when it is read', async () => {
    const path = freshPath();
    await filled(path);
    const crashed = await open(path);
    await crashed.commit([incoming({ reports: [YES] })]);
    const [copy, logged] = [freshPath(), freshPath()];
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    await crashed.close();
    const flip = (table: string, column: string) =>
      `UPDATE ${table} SET ${column} = CAST(substr(${column}, 1, length(${column}) - 1) || x'55' AS BLOB)`;
    edit(copy, flip('log', 'batches'));
    copyFileSync(copy, logged);
    await expect(sqliteStorage({ path: logged })).rejects.toMatchObject({ code: 'storage-corrupt' });

    const nonces = freshPath();
    copyFileSync(path, nonces);
    edit(nonces, flip('nonces', 'segment'));
    await expect(sqliteStorage({ path: nonces })).rejects.toMatchObject({ code: 'storage-corrupt' });

    const states = freshPath();
    copyFileSync(path, states);
    edit(states, flip('state', 'state'));
    await expect(sqliteStorage({ path: states })).rejects.toMatchObject({ code: 'storage-corrupt' });

    const sealed = freshPath();
    copyFileSync(path, sealed);
    await (await open(sealed, { nonceMemoryBytes: 1 })).close();
    edit(sealed, flip('sealed', 'segment'));
    const lookup = await open(sealed, { nonceMemoryBytes: 1 });
    const known = incoming({ nonce: new Uint8Array(16).fill(255), reports: [YES] });
    await expect(lookup.commit([known])).rejects.toMatchObject({ code: 'storage-corrupt' });
  });

  it('refuses a log that lost its database instead of playing it into a new one', async () => {
    const path = freshPath();
    writeFileSync(`${path}-wal`, 'left over');
    await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'storage-foreign' });
  });

  it('says so when there is no such folder', async () => {
    const path = join(temporaryFolder(), 'nowhere', 'a.db');
    await expect(sqliteStorage({ path })).rejects.toMatchObject({ code: 'storage-unreachable' });
  });
});
