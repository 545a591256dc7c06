import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { sqliteStorage } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sortNonces } from '../src/storage/sqlite/sealed.js';
import { counted, DAY, incoming, registry, temporaryFolder } from './fixture.js';
import { PATIENTLY } from './support/until.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;
/** Of a day with a few nonces; less than any three days take together. */
const NO_ROOM = 1;

async function open(path: string, nonceMemoryBytes: number) {
  const storage = await sqliteStorage({ path, nonceMemoryBytes, foldBatches: 64, foldMilliseconds: 20 });
  onTestFinished(() => storage.close().catch(() => undefined));
  return storage;
}

const batchesOf = (day: number, count: number) =>
  Array.from({ length: count }, () => incoming({ day, reports: [{ ...YES, window: day - 1 }] }));

describe('nonces that are not in memory', () => {
  it('count as well as those that are: in whatever day, fold and process', async () => {
    const path = join(temporaryFolder(), 'a.db');
    const days = [DAY - 8, DAY - 3, DAY - 1, DAY];
    let storage = await open(path, NO_ROOM);
    await storage.saveRegistry(registry);
    const seen: ReturnType<typeof incoming>[] = [];
    for (let round = 0; round < 6; round++) {
      for (const day of days) {
        const fresh = batchesOf(day, 1500);
        expect(new Set(await storage.commit(fresh))).toEqual(new Set(['accepted']));
        seen.push(...fresh);
        const again = seen.filter((_, i) => i % 7 === round);
        expect(new Set(await storage.commit(again))).toEqual(new Set(['duplicate']));
      }
      if (round % 2 === 0) continue;
      await storage.close();
      // Now and then with room for all of them.
      storage = await open(path, round === 3 ? 2 ** 30 : NO_ROOM);
    }
    expect(storage.usage().nonces).toBe(seen.length);
    expect(new Set(await storage.commit(seen))).toEqual(new Set(['duplicate']));
    expect((await counted(storage, 'dark-mode')).reduce((sum, { n }) => sum + n, 0)).toBe(seen.length);
  });

  it('take no memory beyond the limit, and go with their day', async () => {
    const path = join(temporaryFolder(), 'a.db');
    const storage = await open(path, 100_000);
    await storage.saveRegistry(registry);
    for (let i = 0; i < 20; i++) for (const day of [DAY, DAY - 1]) await storage.commit(batchesOf(day, 500));
    // 20,000 nonces would take 524,288 bytes.
    await expect.poll(() => storage.usage().nonceBytes, PATIENTLY).toBeLessThanOrEqual(100_000);
    expect(storage.usage().nonces).toBe(20_000);
    const old = batchesOf(DAY, 1);
    await storage.commit(old);
    await storage.commit(batchesOf(DAY + 9, 1));
    expect(storage.usage().nonces).toBe(1);
    expect(await storage.commit(old)).toEqual(['too-old']);
  });
});

describe('sortNonces', () => {
  it('sorts as bytes are compared', () => {
    const nonces = randomBytes(16 * 1000);
    nonces.fill(0, 160, 320);
    const pieces = Array.from({ length: 1000 }, (_, i) => nonces.subarray(16 * i, 16 * i + 16));
    const expected = Buffer.concat([...pieces].sort(Buffer.compare));
    expect(sortNonces(nonces).equals(expected)).toBe(true);
  });
});
