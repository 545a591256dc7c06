import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkBackup, restoreBackup, sqliteStorage } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { counted, DAY, incoming, registry, temporaryFolder } from './fixture.js';
import { candidateList } from './storage.contract.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;
const batches = (count: number) => Array.from({ length: count }, () => incoming({ reports: [YES] }));

async function open(path: string, options: { readonly foldMilliseconds?: number } = {}) {
  const storage = await sqliteStorage({ path, ...options });
  onTestFinished(() => storage.close().catch(() => undefined));
  return storage;
}

async function live() {
  const folder = temporaryFolder();
  const path = join(folder, 'a.db');
  const storage = await open(path, { foldMilliseconds: 60_000 });
  await storage.saveRegistry(registry);
  await storage.saveCandidates(candidateList('hosts', 'a\n'));
  return { folder, path, storage, backup: join(folder, 'backup.db') };
}

describe('a backup', () => {
  it('has all that was committed before it and no batch, while commits go on', async () => {
    const { storage, backup } = await live();
    const before = batches(100);
    await storage.commit(before);
    const written = storage.backup(backup);
    const after = batches(50);
    const [summary, outcomes] = await Promise.all([written, storage.commit(after)]);
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    const { path, bytes, sha256, ...contents } = summary;
    expect({ path, bytes }).toEqual({ path: backup, bytes: readFileSync(backup).length });
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    // The commit was asked for after the backup: it may be in it only whole.
    expect([100, 150]).toContain(contents.reports);
    expect(contents).toEqual({ registries: 1, windows: 1, reports: contents.reports, nonces: contents.reports });
    const bodies = readFileSync(backup);
    expect(before.some((batch) => bodies.includes(Buffer.from(batch.bytes.subarray(11))))).toBe(false);
    expect(await checkBackup(backup)).toEqual(summary);
  });

  it('never replaces a file, and leaves nothing half done', async () => {
    const { folder, storage, backup } = await live();
    await storage.commit(batches(3));
    writeFileSync(backup, 'mine');
    await expect(storage.backup(backup)).rejects.toMatchObject({ code: 'backup-exists' });
    expect(readFileSync(backup, 'utf8')).toBe('mine');
    await expect(storage.backup(join(folder, 'nowhere', 'b.db'))).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
    expect(await storage.commit(batches(1))).toEqual(['accepted']);
  });

  it('is restored whole, beside what was there', async () => {
    const { folder, path, storage, backup } = await live();
    const kept = batches(20);
    await storage.commit(kept);
    const written = await storage.backup(backup);
    const lost = batches(5);
    await storage.commit(lost);
    await expect(restoreBackup(backup, path)).rejects.toMatchObject({ code: 'restore-refused' });
    await storage.close();

    const { movedTo, ...summary } = await restoreBackup(backup, path);
    expect(summary).toEqual({ ...written, path, bytes: summary.bytes, sha256: summary.sha256 });
    expect(movedTo).toBe(`${path}.before-restore-1`);
    const restored = await open(path);
    expect(await counted(restored, 'dark-mode')).toEqual([{ window: DAY - 1, n: 20, counts: [20] }]);
    expect(await restored.candidates('hosts')).toEqual(candidateList('hosts', 'a\n'));
    expect(new Set(await restored.commit(kept))).toEqual(new Set(['duplicate']));
    expect(new Set(await restored.commit(lost))).toEqual(new Set(['accepted']));
    await restored.close();
    expect(await counted(await open(movedTo as string), 'dark-mode')).toMatchObject([{ n: 25 }]);
    expect((await restoreBackup(backup, path)).movedTo).toBe(`${path}.before-restore-2`);
    expect(readdirSync(folder).filter((name) => /restoring|partial/.test(name))).toEqual([]);
  });

  it('is restored where nothing was, and over what is damaged', async () => {
    const { folder, storage, backup } = await live();
    await storage.commit(batches(7));
    await storage.backup(backup);
    const fresh = join(folder, 'fresh.db');
    expect((await restoreBackup(backup, fresh)).movedTo).toBeUndefined();
    const damaged = join(folder, 'damaged.db');
    const bytes = readFileSync(backup).fill(0xa5, 4096);
    writeFileSync(damaged, bytes);
    writeFileSync(`${damaged}-wal`, 'left');
    const { movedTo } = await restoreBackup(backup, damaged);
    expect(readFileSync(movedTo as string).equals(bytes)).toBe(true);
    for (const path of [fresh, damaged]) {
      expect(existsSync(`${path}-wal`)).toBe(false);
      expect(await counted(await open(path), 'dark-mode')).toMatchObject([{ n: 7 }]);
    }
  });

  it('is refused if it is damaged, foreign, or part of a running database; nothing changes', async () => {
    const { folder, path, storage, backup } = await live();
    await storage.commit(batches(7));
    await storage.backup(backup);
    const mid = join(folder, 'mid.db');
    copyFileSync(path, mid);
    copyFileSync(`${path}-wal`, `${mid}-wal`);
    await storage.close();
    const before = readFileSync(path);
    const damaged = join(folder, 'damaged.db');
    writeFileSync(damaged, readFileSync(backup).fill(0xa5, 4096));
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'dear diary '.repeat(50));
    const cases = [
      [damaged, 'storage-corrupt'],
      [text, 'storage-foreign'],
      [mid, 'restore-refused'],
      [join(folder, 'nothing'), 'storage-unreachable'],
    ] as const;
    for (const [from, code] of cases) {
      await expect(restoreBackup(from, path)).rejects.toMatchObject({ code });
      expect(readFileSync(path).equals(before)).toBe(true);
    }
    expect(readdirSync(folder).filter((name) => /restoring|before/.test(name))).toEqual([]);
  });
});
