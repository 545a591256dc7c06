import { client as grr } from '@dither/mechanisms/grr';
import { category, defineRegistry } from '@dither/protocol';
import { type CandidateList, type RecordKind, type Storage, StorageError, type StoredRecord } from '@dither/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { about, budget, counted, DAY, incoming, registry, WEEK } from './fixture.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;
/** Of another app, with other fingerprints. */
const other = defineRegistry({
  app: 'org.example.other',
  expectedClients: 10,
  budget,
  metrics: { theme: category({ ...about, period: 1, values: ['light', 'dark'], mechanism: grr }) },
});
const NO = { id: 'dark-mode', bytes: [0] } as const;

/** A list that is what it says, but for its sum. */
export function candidateList(name: string, text: string): CandidateList {
  const bytes = new TextEncoder().encode(text);
  return { name, count: text.split('\n').length - 1, sha256: '0'.repeat(64), bytes };
}

/** What every storage keeps; each adapter's test calls it, and adds what is its own. */
export function describeStorage(name: string, make: () => Promise<Storage>): void {
  async function open(): Promise<Storage> {
    const storage = await make();
    onTestFinished(() => storage.close());
    await storage.saveRegistry(registry);
    return storage;
  }

  describe(name, () => {
    it('counts the reports of a batch, each in its metric and window', async () => {
      const storage = await open();
      const batch = incoming({
        reports: [
          YES,
          { ...YES, window: DAY - 2 },
          { id: 'load-time', bytes: [0b101, 1] },
          { id: 'theme', bytes: [2] },
        ],
      });
      expect(await storage.commit([batch])).toEqual(['accepted']);
      expect(await counted(storage, 'dark-mode')).toEqual([
        { window: DAY - 2, n: 1, counts: [1] },
        { window: DAY - 1, n: 1, counts: [1] },
      ]);
      expect(await counted(storage, 'load-time')).toEqual([
        { window: WEEK, n: 1, counts: [1, 0, 1, 0, 0, 0, 0, 0, 1] },
      ]);
      expect(await counted(storage, 'theme')).toEqual([{ window: DAY - 1, n: 1, counts: [0, 0, 1] }]);
      expect(await counted(storage, 'searches')).toEqual([]);
    });

    it('counts a batch once, however often and in whatever company it comes', async () => {
      const storage = await open();
      const [a, b] = [incoming({ reports: [YES] }), incoming({ reports: [YES] })];
      expect(await storage.commit([a, a])).toEqual(['accepted', 'duplicate']);
      expect(await storage.commit([b, a])).toEqual(['accepted', 'duplicate']);
      expect(await storage.commit([a])).toEqual(['duplicate']);
      expect(await counted(storage, 'dark-mode')).toEqual([{ window: DAY - 1, n: 2, counts: [2] }]);
    });

    it('tells batches apart by day and nonce, the nonce of zeros included', async () => {
      const storage = await open();
      const zeros = incoming({ nonce: new Uint8Array(16), reports: [YES] });
      const dayBefore = incoming({ nonce: new Uint8Array(16), day: DAY - 1, reports: [{ ...YES, window: DAY - 3 }] });
      expect(await storage.commit([zeros, dayBefore])).toEqual(['accepted', 'accepted']);
      expect(await storage.commit([zeros, dayBefore])).toEqual(['duplicate', 'duplicate']);
    });

    it('refuses what is older than the days it remembers before the newest one counted', async () => {
      const storage = await open();
      const at = (day: number) => incoming({ day, reports: [{ ...NO, window: day - 1 }] });
      const first = at(DAY);
      expect(await storage.commit([first])).toEqual(['accepted']);
      expect(await storage.commit([at(DAY - 8), at(DAY - 9)])).toEqual(['accepted', 'too-old']);
      expect(await storage.commit([at(DAY + 9), first])).toEqual(['accepted', 'too-old']);
      expect(await storage.commit([first])).toEqual(['too-old']);
      expect((await counted(storage, 'dark-mode')).map(({ n }) => n)).toEqual([1, 1, 1]);
    });

    it('remembers a batch whose reports were all rejected', async () => {
      const storage = await open();
      const empty = incoming({ reports: [{ ...YES, window: DAY + 3 }] });
      expect(empty.contributions).toHaveLength(0);
      expect(await storage.commit([empty])).toEqual(['accepted']);
      expect(await storage.commit([empty])).toEqual(['duplicate']);
    });

    it('answers with the windows asked for, earliest first, as snapshots', async () => {
      const storage = await open();
      const windows = [DAY - 1, DAY - 4, DAY - 3];
      for (const window of windows) await storage.commit([incoming({ reports: [{ ...YES, window }] })]);
      const { fingerprint } = registry.metrics['dark-mode'];
      const states = await storage.states(fingerprint, DAY - 4, DAY - 3);
      expect(states.map(({ window }) => window)).toEqual([DAY - 4, DAY - 3]);
      await storage.commit([incoming({ reports: [{ ...YES, window: DAY - 4 }] })]);
      expect(states[0]?.state.n).toBe(1);
      expect(await storage.windows(fingerprint)).toEqual([
        { window: DAY - 4, n: 2 },
        { window: DAY - 3, n: 1 },
        { window: DAY - 1, n: 1 },
      ]);
      expect(await storage.windows('0000000000000000')).toEqual([]);
      expect(await storage.states('0000000000000000', 0, 65_535)).toEqual([]);
    });

    it('keeps registries in the order in which they came last, with their latest words', async () => {
      const storage = await open();
      expect((await storage.registries()).map(({ fingerprint }) => fingerprint)).toEqual([registry.fingerprint]);
      await storage.saveRegistry({ ...registry, expectedClients: 7 });
      expect((await storage.registries()).map(({ expectedClients }) => expectedClients)).toEqual([7]);
      await storage.saveRegistry(other);
      await storage.saveRegistry(registry);
      expect((await storage.registries()).map(({ fingerprint }) => fingerprint)).toEqual([
        other.fingerprint,
        registry.fingerprint,
      ]);
    });

    it('keeps lists of candidates by name until they are deleted, the last of a name only', async () => {
      const storage = await open();
      expect(await storage.candidateLists()).toEqual([]);
      expect(await storage.candidates('hosts')).toBeUndefined();
      const first = candidateList('hosts', 'a.example\nb.example\n');
      const second = candidateList('hosts', 'c.example\n\u0000 \u{1f600}\n');
      const other = candidateList('crashes', 'segfault\n');
      for (const list of [first, other, second]) await storage.saveCandidates(list);
      expect(await storage.candidates('hosts')).toEqual(second);
      expect(await storage.candidateLists()).toEqual([
        { ...other, bytes: 9 },
        { ...second, bytes: second.bytes.length },
      ]);
      expect(await storage.deleteCandidates('hosts')).toBe(true);
      expect(await storage.deleteCandidates('hosts')).toBe(false);
      expect(await storage.candidates('hosts')).toBeUndefined();
      expect(await storage.candidateLists()).toEqual([{ ...other, bytes: 9 }]);
    });

    it('keeps records by kind and id until they are deleted, the last of each only', async () => {
      const storage = await open();
      const record = (kind: RecordKind, id: string, text: string): StoredRecord => ({ kind, id, text });
      await storage.putRecord(record('write-key', 'b', '1'));
      await storage.putRecord(record('write-key', 'a', '{"\\u0000":"\u{1f600}"}'));
      await storage.putRecord(record('read-token', 'a', '3'));
      await storage.putRecord(record('write-key', 'b', '4'));
      expect(await storage.records('write-key')).toEqual([
        record('write-key', 'a', '{"\\u0000":"\u{1f600}"}'),
        record('write-key', 'b', '4'),
      ]);
      expect(await storage.deleteRecord('write-key', 'a')).toBe(true);
      expect(await storage.deleteRecord('write-key', 'a')).toBe(false);
      expect(await storage.records('write-key')).toEqual([record('write-key', 'b', '4')]);
      expect(await storage.records('read-token')).toEqual([record('read-token', 'a', '3')]);
      expect(await storage.records('unknown-registry')).toEqual([]);
    });

    it('knows the newest day counted, and how many nonces it remembers', async () => {
      const storage = await open();
      expect(storage.newestDay).toBeUndefined();
      await storage.commit([incoming({ reports: [YES] }), incoming({ day: DAY - 1, reports: [YES] })]);
      expect(storage.newestDay).toBe(DAY);
      await storage.commit([incoming({ day: DAY - 1, reports: [YES] })]);
      expect(storage.newestDay).toBe(DAY);
      expect(storage.usage().nonces).toBe(3);
    });

    it('can be asked whether it would store something', async () => {
      const storage = await open();
      await storage.probe();
      await storage.probe();
      await storage.close();
      await expect(storage.probe()).rejects.toBeInstanceOf(StorageError);
    });

    it('forgets windows a year and more after their day, and not for a single batch of a later one', async () => {
      const storage = await open();
      const at = (day: number) => incoming({ day, reports: [{ ...YES, window: day - 1 }] });
      const windows = async () =>
        (await storage.windows(registry.metrics['dark-mode'].fingerprint)).map(({ window }) => window - DAY);
      for (const days of [0, 398, 399]) await storage.commit([at(DAY + days)]);
      expect(await windows()).toEqual([-1, 397, 398]);
      await storage.commit([at(DAY + 402)]);
      expect(await windows()).toEqual([-1, 397, 398, 401]);
      await storage.commit([at(DAY + 403)]);
      expect(await windows()).toEqual([397, 398, 401, 402]);
      // Of a clock that was wrong, once.
      await storage.commit([at(DAY + 2000)]);
      expect(await windows()).toEqual([397, 398, 401, 402, 1999]);
    });

    it('stores nothing once it is closed, and says so', async () => {
      const storage = await open();
      await storage.close();
      await expect(storage.commit([incoming({ reports: [YES] })])).rejects.toMatchObject({ code: 'not-stored' });
    });
  });
}
