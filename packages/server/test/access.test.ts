import { AccessError, memoryStorage, openAccess, StorageError } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { batchBytes, DAY, testApp, testClock } from './fixture.js';

const APP = 'org.example.app';

async function opened() {
  const [storage, clock] = [memoryStorage(), testClock()];
  return { storage, clock, access: await openAccess(storage, clock) };
}

/** The same on a disk that is full until `makeRoom` is called. */
async function openedOnFullDisk() {
  const [memory, clock] = [memoryStorage(), testClock()];
  let isFull = false;
  const unlessFull = async <T>(write: () => Promise<T>): Promise<T> => {
    if (isFull) throw new StorageError('not-stored', 'the disk is full');
    return write();
  };
  const storage: typeof memory = {
    ...memory,
    putRecord: (record) => unlessFull(() => memory.putRecord(record)),
    deleteRecord: (kind, id) => unlessFull(() => memory.deleteRecord(kind, id)),
  };
  const fill = (full: boolean) => {
    isFull = full;
  };
  return { storage, clock, fill, access: await openAccess(storage, clock) };
}

function code(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => 'fine',
    (error) => (error instanceof AccessError || error instanceof StorageError ? error.code : String(error)),
  );
}

describe('a token', () => {
  it('is shown once, kept as its hash, and known again after a restart', async () => {
    const { storage, clock, access } = await opened();
    const { token, secret } = await access.createToken({ name: 'dashboard', scopes: ['read'], apps: [APP] });
    expect(secret).toMatch(/^dtr_[A-Za-z0-9_-]{43}$/);
    expect(token).toMatchObject({ name: 'dashboard', scopes: ['read'], apps: [APP], created: '2026-11-20' });
    const [record] = await storage.records('read-token');
    expect(record?.text).not.toContain(secret.slice(4));
    const again = await openAccess(storage, clock);
    expect(again.findToken(secret)).toEqual(token);
    expect(await again.tokens()).toEqual([token]);
    expect(JSON.stringify(await again.tokens())).not.toContain('sha256');
  });

  it('is refused from the moment it is revoked, and after its last day', async () => {
    const { storage, clock, access } = await opened();
    const { token, secret } = await access.createToken({ name: 'a', scopes: ['read'], expires: '2026-11-21' });
    clock.set(DAY + 1, 86_399_999);
    expect(access.findToken(secret)).toEqual(token);
    clock.set(DAY + 2);
    expect(access.findToken(secret)).toBeUndefined();
    clock.set(DAY);
    const revoked = access.revokeToken(token.id);
    expect(access.findToken(secret)).toBeUndefined();
    expect(await revoked).toBe(true);
    expect(await access.revokeToken(token.id)).toBe(false);
    expect((await openAccess(storage, clock)).findToken(secret)).toBeUndefined();
  });

  it('that was the last leaves reads closed, after a restart too', async () => {
    const { storage, clock, access } = await opened();
    expect(access.isTokenNeeded).toBe(false);
    const { token } = await access.createToken({ name: 'a', scopes: ['read'] });
    const later = await access.createToken({ name: 'b', scopes: ['read'] });
    for (const { id } of [token, later.token]) expect(await access.revokeToken(id)).toBe(true);
    const again = await openAccess(storage, clock);
    for (const one of [access, again]) {
      expect(one.isTokenNeeded).toBe(true);
      expect(await one.tokens()).toEqual([]);
    }
    // What keeps them closed is no token, and not revoked as one.
    for (const { id } of await storage.records('read-token')) expect(await again.revokeToken(id)).toBe(false);
    expect((await openAccess(storage, clock)).isTokenNeeded).toBe(true);
    const { secret } = await again.createToken({ name: 'c', scopes: ['read'] });
    expect(again.findToken(secret)).toBeDefined();
  });

  it('whose revocation is not stored is refused all the same, and listed, and reads stay closed', async () => {
    const { storage, clock, fill, access } = await openedOnFullDisk();
    const { token, secret } = await access.createToken({ name: 'a', scopes: ['read'] });
    fill(true);
    for (let i = 0; i < 2; i++) {
      expect(await code(access.revokeToken(token.id))).toBe('not-stored');
      expect(access.findToken(secret)).toBeUndefined();
      expect(await access.tokens()).toEqual([token]);
      expect(access.isTokenNeeded).toBe(true);
    }
    fill(false);
    expect(await access.revokeToken(token.id)).toBe(true);
    expect(await access.tokens()).toEqual([]);
    const again = await openAccess(storage, clock);
    expect([again.isTokenNeeded, again.findToken(secret)]).toEqual([true, undefined]);
  });

  it('is not found by anything but its secret', async () => {
    const { access } = await opened();
    const { token, secret } = await access.createToken({ name: 'a', scopes: ['read'] });
    const last = secret.at(-1) === 'A' ? 'B' : 'A';
    for (const wrong of [
      '',
      token.id,
      secret.slice(0, -1),
      `${secret.slice(0, -1)}${last}`,
      `${secret} `,
      `${secret}A`,
    ]) {
      expect(access.findToken(wrong)).toBeUndefined();
    }
  });

  it('is not made of what cannot be meant', async () => {
    const { access } = await opened();
    const create = (wanted: object) => code(access.createToken({ name: 'a', scopes: ['read'], ...wanted }));
    expect(await create({ name: ' ' })).toBe('name-invalid');
    expect(await create({ scopes: [] })).toBe('scopes-invalid');
    expect(await create({ scopes: ['write'] })).toBe('scopes-invalid');
    expect(await create({ scopes: ['candidates'], apps: [APP] })).toBe('scopes-invalid');
    for (const apps of [[], ['../etc'], ['Has Capitals'], ['__proto__']]) {
      expect(await create({ apps })).toBe('app-invalid');
    }
    for (const expires of ['2026-11-19', 'tomorrow', '2026-13-01']) {
      expect(await create({ expires })).toBe('expires-invalid');
    }
    expect(access.isTokenNeeded).toBe(false);
    for (let i = 0; i < 64; i++) await access.createToken({ name: `a${i}`, scopes: ['read'] });
    expect(await create({})).toBe('too-many');
  });
});

describe('a write key', () => {
  it('is needed once an app has one', async () => {
    const { storage, clock, access } = await opened();
    expect(access.isKeyTaken(APP, undefined)).toBe(true);
    expect(access.isKeyTaken(APP, 'anything')).toBe(true);
    const { key } = await access.createKey({ app: APP });
    expect(key).toMatch(/^dwk_[A-Za-z0-9_-]{22}$/);
    const again = await openAccess(storage, clock);
    for (const one of [access, again]) {
      expect(one.isKeyTaken(APP, key)).toBe(true);
      for (const wrong of [undefined, '', key.slice(0, -1), `${key}, ${key}`])
        expect(one.isKeyTaken(APP, wrong)).toBe(false);
      expect(one.isKeyTaken('org.example.other', undefined)).toBe(true);
    }
  });

  it('is not needed before a day that may be named, rotated or not', async () => {
    const { storage, clock, access } = await opened();
    const { key } = await access.createKey({ app: APP, requiredFrom: '2026-12-24' });
    expect(await code(access.createKey({ app: 'b', requiredFrom: 'soon' }))).toBe('day-invalid');
    await access.rotateKey(APP);
    const again = await openAccess(storage, clock);
    for (const one of [access, again]) {
      clock.set(DAY + 33, 86_399_999);
      expect([undefined, key, 'dwk_other'].map((given) => one.isKeyTaken(APP, given))).toEqual([true, true, false]);
      clock.set(DAY + 34);
      expect([undefined, key].map((given) => one.isKeyTaken(APP, given))).toEqual([false, true]);
    }
  });

  it('can be made anew as it was', async () => {
    const { access } = await opened();
    const key = 'dwk_AAECAwQFBgcICQoLDA0ODw';
    expect(await code(access.createKey({ app: APP, key: `${key}x` }))).toBe('key-invalid');
    expect(await access.createKey({ app: APP, key })).toMatchObject({ key });
    expect([undefined, key].map((given) => access.isKeyTaken(APP, given))).toEqual([false, true]);
  });

  it('of another app is refused', async () => {
    const { access } = await opened();
    await access.createKey({ app: APP });
    const other = await access.createKey({ app: 'org.example.other' });
    expect(access.isKeyTaken(APP, other.key)).toBe(false);
  });

  it('is taken for 180 days after a rotation, and each rotation keeps those days', async () => {
    const { clock, access, storage } = await opened();
    const first = await access.createKey({ app: APP });
    expect(await code(access.createKey({ app: APP }))).toBe('key-exists');
    const second = await access.rotateKey(APP);
    clock.set(DAY + 100);
    const third = await access.rotateKey(APP);
    expect((await access.keys(APP)).map(({ id, until }) => [id, until])).toEqual([
      [first.id, '2027-05-19'],
      [second.id, '2027-08-27'],
      [third.id, undefined],
    ]);
    const taken = () => [first, second, third].map(({ key }) => access.isKeyTaken(APP, key));
    clock.set(DAY + 180, 86_399_999);
    expect(taken()).toEqual([true, true, true]);
    clock.set(DAY + 181);
    expect(taken()).toEqual([false, true, true]);
    clock.set(DAY + 281);
    expect(taken()).toEqual([false, false, true]);
    await access.rotateKey(APP);
    expect((await storage.records('write-key')).map(({ id }) => id)).not.toContain(first.id);
  });

  it('is refused from the moment it is revoked; an app without any takes batches without', async () => {
    const { access } = await opened();
    const [first, second] = [await access.createKey({ app: APP }), await access.rotateKey(APP)];
    const revoked = access.revokeKey(first.id);
    expect(access.isKeyTaken(APP, first.key)).toBe(false);
    expect(await revoked).toBe(true);
    expect(access.isKeyTaken(APP, second.key)).toBe(true);
    await access.revokeKey(second.id);
    expect(access.isKeyTaken(APP, undefined)).toBe(true);
    expect(await access.revokeKey(second.id)).toBe(false);
    expect(await code(access.rotateKey(APP))).toBe('key-missing');
  });

  it('whose revocation is not stored is refused all the same, and listed, and its app needs one', async () => {
    const { storage, clock, fill, access } = await openedOnFullDisk();
    const made = await access.createKey({ app: APP });
    fill(true);
    expect(await code(access.revokeKey(made.id))).toBe('not-stored');
    expect([made.key, undefined].map((key) => access.isKeyTaken(APP, key))).toEqual([false, false]);
    expect(await access.keys()).toEqual([made]);
    fill(false);
    const next = await access.rotateKey(APP);
    expect([made, next].map(({ key }) => access.isKeyTaken(APP, key))).toEqual([false, true]);
    expect(await access.revokeKey(made.id)).toBe(true);
    expect(await access.keys()).toEqual([next]);
    expect((await openAccess(storage, clock)).isKeyTaken(APP, made.key)).toBe(false);
  });

  it('that is over is needed until it is gone from the disk', async () => {
    const { clock, fill, access } = await openedOnFullDisk();
    const first = await access.createKey({ app: APP });
    await access.revokeKey((await access.rotateKey(APP)).id);
    clock.set(DAY + 181);
    fill(true);
    expect(await code(access.rotateKey(APP))).toBe('not-stored');
    expect(access.isKeyTaken(APP, undefined)).toBe(false);
    expect((await access.keys()).map(({ id }) => id)).toEqual([first.id]);
  });

  it('stays within a bound, made two at a time or not', async () => {
    const { access } = await opened();
    expect(await code(access.createKey({ app: '../x' }))).toBe('app-invalid');
    const made = await Promise.all([code(access.createKey({ app: APP })), code(access.createKey({ app: APP }))]);
    expect(made).toEqual(['fine', 'key-exists']);
    const rotated = await Promise.all(Array.from({ length: 20 }, () => code(access.rotateKey(APP))));
    expect(rotated.filter((one) => one === 'fine')).toHaveLength(15);
    expect(rotated.at(-1)).toBe('too-many');
  });
});

describe('a batch', () => {
  const body = () => batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] });

  it('of an app with a key needs it, and is not lost without', async () => {
    const storage = memoryStorage();
    const access = await openAccess(storage, testClock());
    const { post } = await testApp({ storage, access });
    const kept = body();
    const { id, key } = await access.createKey({ app: APP });
    for (const headers of [{}, { 'dither-key': 'dwk_forged' }, { 'dither-key': `${key}A` }]) {
      expect((await post(kept, headers)).json()).toMatchObject({ code: 'key-refused', status: 403, retry: true });
    }
    expect((await post(kept, { 'dither-key': key })).json()).toMatchObject({ duplicate: false, accepted: 1 });
    expect((await post(kept)).json()).toMatchObject({ code: 'key-refused' });
    await access.revokeKey(id);
    expect((await post(kept)).json()).toMatchObject({ duplicate: true });
  });

  it('may come with a key before its app has one', async () => {
    const { post } = await testApp();
    expect((await post(body(), { 'dither-key': 'dwk_of-a-later-day' })).statusCode).toBe(200);
  });

  it('leaves nothing behind, whatever keys are forged', async () => {
    const storage = memoryStorage();
    const access = await openAccess(storage, testClock());
    const { post } = await testApp({ storage, access });
    await access.createKey({ app: APP });
    for (let i = 0; i < 100; i++) await post(body(), { 'dither-key': `dwk_${String(i).padStart(22, '0')}` });
    expect(storage.usage()).toMatchObject({ nonces: 0, logBatches: 0 });
    expect(await access.keys()).toHaveLength(1);
  });
});
