import { describe, expect, it } from 'vitest';
import { StorageError } from '../src/errors.js';
import { createBatcher } from '../src/ingest/batcher.js';
import { memoryStorage } from '../src/storage/memory.js';
import type { Storage } from '../src/storage/storage.js';
import { counted, DAY, incoming } from './fixture.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;

/** A memory storage whose commits wait for `release`, and fail if that is given an error. */
function gated() {
  const memory = memoryStorage();
  const groups: number[] = [];
  let release: (error?: Error) => void = () => undefined;
  const storage: Storage = {
    ...memory,
    async commit(batches) {
      groups.push(batches.length);
      await new Promise<void>((resolve, reject) => {
        release = (error) => (error === undefined ? resolve() : reject(error));
      });
      return memory.commit(batches);
    },
  };
  return { storage, groups, release: (error?: Error) => release(error) };
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('the batcher', () => {
  it('answers nobody before the commit, and everybody of the group after it', async () => {
    const { storage, groups, release } = gated();
    const batcher = createBatcher(storage, { onFatal: () => undefined });
    const answers: string[] = [];
    for (let i = 0; i < 3; i++) void batcher.submit(incoming({ reports: [YES] })).then((one) => answers.push(one));
    await tick();
    expect(groups).toEqual([3]);
    for (let i = 0; i < 5; i++) void batcher.submit(incoming({ reports: [YES] })).then((one) => answers.push(one));
    await tick();
    expect(groups).toEqual([3]);
    expect(answers).toEqual([]);
    release();
    await tick();
    expect(answers).toEqual(['accepted', 'accepted', 'accepted']);
    expect(groups).toEqual([3, 5]);
    release();
    await tick();
    expect(answers).toHaveLength(8);
  });

  it('lets the duplicate of a pending batch wait for it, and queues it once', async () => {
    const { storage, groups, release } = gated();
    const batcher = createBatcher(storage, { onFatal: () => undefined });
    const batch = incoming({ reports: [YES] });
    const answers = [batcher.submit(batch), batcher.submit(batch)];
    await tick();
    answers.push(batcher.submit(batch));
    release();
    expect(await Promise.all(answers)).toEqual(['accepted', 'duplicate', 'duplicate']);
    expect(groups).toEqual([1]);
    expect(await counted(storage, 'dark-mode')).toEqual([{ window: DAY - 1, n: 1, counts: [1] }]);
  });

  for (const code of ['not-stored', 'outcome-unknown'] as const) {
    it(`turns the group away after ${code}, and takes the retry`, async () => {
      const { storage, release } = gated();
      const batcher = createBatcher(storage, { onFatal: () => expect.unreachable() });
      const batch = incoming({ reports: [YES] });
      const first = [batcher.submit(batch), batcher.submit(batch)];
      const refusals = Promise.all(first.map((one) => expect(one).rejects.toMatchObject({ code: 'unavailable' })));
      await tick();
      release(new StorageError(code, 'disk full'));
      await refusals;
      const retry = batcher.submit(batch);
      await tick();
      release();
      expect(await retry).toBe('accepted');
    });
  }

  it('stops for good, and says so once, when the storage is broken', async () => {
    const { storage, release } = gated();
    const fatal: Error[] = [];
    const batcher = createBatcher(storage, { onFatal: (error) => fatal.push(error) });
    const refused = (one: Promise<unknown>) => expect(one).rejects.toMatchObject({ code: 'unavailable' });
    const inFlight = refused(batcher.submit(incoming({ reports: [YES] })));
    await tick();
    const waiting = refused(batcher.submit(incoming({ reports: [YES] })));
    release(new StorageError('storage-broken', 'fsync'));
    await Promise.all([inFlight, waiting]);
    await refused(batcher.submit(incoming({ reports: [YES] })));
    expect(fatal).toHaveLength(1);
    expect(fatal[0]).toMatchObject({ code: 'storage-broken' });
  });

  it('refuses before its memory grows, and takes more once there is room', async () => {
    const { storage, release } = gated();
    const probe = createBatcher(gated().storage, { onFatal: () => undefined });
    void probe.submit(incoming({ reports: [YES] }));
    // A batch that waits takes much more than its bytes.
    expect(probe.pendingBytes).toBeGreaterThan(4096);
    const batcher = createBatcher(storage, { onFatal: () => undefined, pendingBytes: 2 * probe.pendingBytes });
    const kept = [batcher.submit(incoming({ reports: [YES] })), batcher.submit(incoming({ reports: [YES] }))];
    await expect(batcher.submit(incoming({ reports: [YES] }))).rejects.toMatchObject({ code: 'unavailable' });
    await tick();
    release();
    expect(await Promise.all(kept)).toEqual(['accepted', 'accepted']);
    const later = batcher.submit(incoming({ reports: [YES] }));
    await tick();
    release();
    expect(await later).toBe('accepted');
  });

  it('finishes what is queued when it is closed, and takes nothing more', async () => {
    const { storage, release } = gated();
    const batcher = createBatcher(storage, { onFatal: () => undefined });
    const queued = batcher.submit(incoming({ reports: [YES] }));
    const closed = batcher.close();
    await expect(batcher.submit(incoming({ reports: [YES] }))).rejects.toMatchObject({ code: 'unavailable' });
    await tick();
    release();
    await closed;
    expect(await queued).toBe('accepted');
  });
});
