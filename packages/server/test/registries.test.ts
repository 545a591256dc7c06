import { formatDay, policy, type Registry } from '@dither/protocol';
import { memoryStorage, type Storage } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { openRegistries } from '../src/ingest/registries.js';
import { DAY, registry, testClock } from './fixture.js';

const OTHER = 'ffffffffffffffff';

/** The same app's registry of another layout, as far as registries are told apart. */
function version(fingerprint: string, app = registry.app): Registry {
  return { ...registry, app, fingerprint };
}

function codeOf(registries: Awaited<ReturnType<typeof openRegistries>>, fingerprint: string): string {
  try {
    registries.find(fingerprint);
    return 'found';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('registries', () => {
  it('reads the batches of one from when it is added, and for good', async () => {
    const storage = memoryStorage();
    const registries = await openRegistries([], storage, testClock());
    expect(codeOf(registries, registry.fingerprint)).toBe('unknown-registry');
    expect(await registries.add(registry)).toEqual({
      app: registry.app,
      fingerprint: registry.fingerprint,
      isNew: true,
      changes: undefined,
    });
    expect(codeOf(registries, registry.fingerprint)).toBe('found');
    expect(registries.unknown()).toEqual([]);
    expect((await openRegistries([], storage, testClock())).current).toEqual([registry]);
  });

  it('says what one changes before it is added, and changes nothing by it', async () => {
    const registries = await openRegistries([registry], memoryStorage(), testClock());
    const change = registries.compare({ ...registry, fingerprint: OTHER, expectedClients: 7 });
    expect(change).toMatchObject({
      isNew: true,
      changes: { isNewLayout: true, registry: [{ field: 'expectedClients', before: '1000', after: '7' }] },
    });
    expect(registries.compare(registry)).toMatchObject({ isNew: false, changes: { isNewLayout: false, metrics: [] } });
    expect(codeOf(registries, OTHER)).toBe('unknown-registry');
  });

  it('has the added one take the place of its app, and of no other', async () => {
    const [b, c] = [version('b'.repeat(16)), version('c'.repeat(16), 'org.example.other')];
    const registries = await openRegistries([registry, c], memoryStorage(), testClock());
    expect(await registries.add(b)).toMatchObject({ isNew: true });
    expect(registries.current).toEqual([c, b]);
    expect(codeOf(registries, registry.fingerprint)).toBe('found');
    expect(await registries.add(registry)).toMatchObject({ isNew: false });
    expect(registries.current).toEqual([c, registry]);
    expect(registries.all.map(({ fingerprint }) => fingerprint)).toEqual(
      [c, b, registry].map((one) => one.fingerprint),
    );
  });

  it('has of an app for which none is given the one stored last', async () => {
    const storage = memoryStorage();
    const [b, c] = [version('b'.repeat(16)), version('c'.repeat(16), 'org.example.other')];
    for (const one of [registry, c, b]) await storage.saveRegistry(one);
    expect((await openRegistries([], storage, testClock())).current).toEqual([b, c]);
    expect((await openRegistries([registry], storage, testClock())).current).toEqual([c, registry]);
    // As it was given, it was stored last.
    expect((await openRegistries([], storage, testClock())).current).toEqual([c, registry]);
  });

  it('has an earlier one that was added again for the current one after a restart, too', async () => {
    const storage = memoryStorage();
    const b = version('b'.repeat(16));
    const registries = await openRegistries([], storage, testClock());
    for (const one of [registry, b, registry]) await registries.add(one);
    expect(registries.current).toEqual([registry]);
    const after = await openRegistries([], storage, testClock());
    expect(after.current).toEqual([registry]);
    expect(after.all).toEqual([b, registry]);
  });

  it('keeps over a restart since when one has been unknown, and refuses nobody early', async () => {
    const storage = memoryStorage();
    const clock = testClock();
    clock.set(DAY, 80_000_000);
    const before = await openRegistries([], storage, clock);
    for (let i = 0; i < 3; i++) expect(codeOf(before, OTHER)).toBe('unknown-registry');
    clock.set(DAY + 5);
    const after = await openRegistries([], storage, clock);
    expect(after.unknown()).toMatchObject([{ fingerprint: OTHER, firstSeen: DAY }]);
    clock.set(DAY + policy.unknownRegistryDays, 86_399_999);
    expect(codeOf(after, OTHER)).toBe('unknown-registry');
    clock.set(DAY + policy.unknownRegistryDays + 1);
    expect(codeOf(after, OTHER)).toBe('registry-refused');
    await after.add(version(OTHER));
    expect(codeOf(after, OTHER)).toBe('found');
    expect(await storage.records('unknown-registry')).toEqual([]);
  });

  it('forgets one that is given at the next start', async () => {
    const storage = memoryStorage();
    codeOf(await openRegistries([], storage, testClock()), registry.fingerprint);
    const registries = await openRegistries([registry], storage, testClock());
    expect(registries.unknown()).toEqual([]);
    expect(await storage.records('unknown-registry')).toEqual([]);
  });

  it('answers as ever where the first day cannot be kept, and keeps it with a later batch', async () => {
    const storage = memoryStorage();
    let isFull = true;
    const full: Storage = {
      ...storage,
      putRecord: async (record) => {
        if (isFull) throw new Error('disk full');
        await storage.putRecord(record);
      },
    };
    const registries = await openRegistries([], full, testClock());
    expect(codeOf(registries, OTHER)).toBe('unknown-registry');
    await Promise.resolve();
    expect(await storage.records('unknown-registry')).toEqual([]);
    isFull = false;
    expect(codeOf(registries, OTHER)).toBe('unknown-registry');
    expect(await storage.records('unknown-registry')).toMatchObject([{ id: OTHER }]);
    expect(formatDay(registries.unknown()[0]?.firstSeen as number)).toBe('2026-11-20');
  });

  it('keeps the first days of 32 at most, whoever asks', async () => {
    const storage = memoryStorage();
    const clock = testClock();
    const registries = await openRegistries([], storage, clock);
    for (let i = 0; i < 100; i++) codeOf(registries, i.toString(16).padStart(16, '0'));
    expect(await storage.records('unknown-registry')).toHaveLength(32);
    clock.set(DAY + policy.unknownRegistryDays + 1);
    codeOf(registries, OTHER);
    const kept = await storage.records('unknown-registry');
    expect(kept).toHaveLength(32);
    expect(kept.at(-1)?.id).toBe(OTHER);
  });

  it('shows one that devices send among any number that somebody makes up, and keeps that over a restart', async () => {
    const storage = memoryStorage();
    let writes = 0;
    const counting: Storage = {
      ...storage,
      async putRecord(record) {
        writes++;
        await storage.putRecord(record);
      },
    };
    const clock = testClock();
    const registries = await openRegistries([], counting, clock);
    let made = 0;
    const forge = (of: typeof registries) => codeOf(of, (++made).toString(16).padStart(16, '0'));
    for (let i = 0; i < 100; i++) forge(registries);
    clock.set(DAY + 1);
    for (let i = 0; i < 50; i++) {
      for (let n = 0; n < 10; n++) forge(registries);
      expect(codeOf(registries, OTHER)).toBe('unknown-registry');
    }
    const seen = { fingerprint: OTHER, firstSeen: DAY + 1 };
    expect(registries.unknown()).toContainEqual({ ...seen, batches: 50 });
    expect(registries.unknown()).toHaveLength(32);
    expect(await storage.records('unknown-registry')).toHaveLength(32);
    // Of 600 batches: a disk does not sync for each.
    expect(writes).toBeLessThan(60);

    const after = await openRegistries([], storage, clock);
    for (let n = 0; n < 10; n++) for (let i = 0; i < 8; i++) codeOf(after, `f${n}`.padStart(16, '0'));
    expect(after.unknown()).toContainEqual({ ...seen, batches: expect.any(Number) });
    clock.set(DAY + 2 + policy.unknownRegistryDays);
    expect(codeOf(after, OTHER)).toBe('registry-refused');
  });

  it('refuses to start over a first day that it cannot read', async () => {
    for (const text of ['{', '{}', '{"firstSeen":"today","batches":1}']) {
      const storage = memoryStorage();
      await storage.putRecord({ kind: 'unknown-registry', id: OTHER, text });
      const error = await openRegistries([], storage, testClock()).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'StorageError', code: 'storage-corrupt' });
    }
  });
});
