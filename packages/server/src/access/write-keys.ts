import { formatDay, parseDay } from '@dither/protocol';
import { type Clock, today } from '../clock.js';
import { AccessError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import type { Storage } from '../storage/storage.js';
import { isApp } from './app-name.js';
import { inTurn } from './in-turn.js';
import { digestOf, isSameDigest, newId, newSecret } from './secrets.js';
import { readAll, write } from './stored.js';

/** Shipped in an app, and so known to anybody who looks: it keeps out strays, not forgers. The same for every installation. */
export interface WriteKey {
  readonly id: string;
  readonly app: string;
  readonly key: string;
  /** YYYY-MM-DD. */
  readonly created: string;
  /** Last day on which it is taken, since a rotation. */
  readonly until?: string;
  /** First day on which batches of the app need a key, where that was not at once. */
  readonly requiredFrom?: string;
}

/** What the first key of an app is to be. */
export interface WantedKey {
  readonly app: string;
  /** One that was made before, say one that a restored backup does not have; made anew unless told. */
  readonly key?: string;
  /** Until that day, YYYY-MM-DD, batches without a key are taken, too: for an app that has been released without. */
  readonly requiredFrom?: string;
}

export interface WriteKeys {
  /** The first key of an app. @throws AccessError `app-invalid`, `key-invalid`, `day-invalid`, `key-exists` */
  create(wanted: WantedKey): Promise<WriteKey>;
  /** A new key; those before it are taken for `keyOverlapDays` more. @throws AccessError `key-missing`, `too-many` */
  rotate(app: string): Promise<WriteKey>;
  /**
   * It is refused from the call on, and gone for good when it resolves: an app whose last key it was takes batches without
   * from then on. Where that fails it stays listed, and refused until the next start.
   * @returns whether there was one
   */
  revoke(id: string): Promise<boolean>;
  list(app?: string): readonly WriteKey[];
  /** Whether a batch of the app may come with that key, or without any. Allocates nothing that stays. */
  isTaken(app: string, key: string | undefined): boolean;
}

const KEY = /^dwk_[A-Za-z0-9_-]{22}$/;

export async function openWriteKeys(storage: Storage, clock: Clock): Promise<WriteKeys> {
  /** By app, then by id: most requests find nothing at the first step. */
  const known = new Map<string, Map<string, { readonly key: WriteKey; readonly digest: Buffer }>>();
  /** Of those known, the ones whose revocation is not durable. */
  const revoked = new Set<string>();
  const change = inTurn();

  function remember(key: WriteKey): void {
    const ofApp = known.get(key.app) ?? new Map();
    known.set(key.app, ofApp.set(key.id, { key, digest: digestOf(key.key) }));
  }

  const isKnown = (id: string): boolean => [...known.values()].some((ofApp) => ofApp.has(id));

  /** Kept in memory until it is gone from the storage. */
  async function forget(id: string): Promise<void> {
    await storage.deleteRecord('write-key', id);
    revoked.delete(id);
    for (const [app, ofApp] of known) if (ofApp.delete(id) && ofApp.size === 0) known.delete(app);
  }

  const save = ({ id, ...rest }: WriteKey): Promise<void> => write(storage, 'write-key', id, rest);

  async function make({ app, key = newSecret('dwk_', 16), requiredFrom }: WantedKey): Promise<WriteKey> {
    const made = { id: newId(), app, key, created: formatDay(today(clock)), ...(requiredFrom && { requiredFrom }) };
    await save(made);
    remember(made);
    return made;
  }

  const isOver = ({ until }: WriteKey): boolean => until !== undefined && today(clock) > (parseDay(until) as number);
  const isRequired = ({ requiredFrom }: WriteKey): boolean =>
    requiredFrom === undefined || today(clock) >= (parseDay(requiredFrom) as number);
  const keysOf = (app: string): WriteKey[] => [...(known.get(app)?.values() ?? [])].map(({ key }) => key);

  for (const [id, key] of await readAll(storage, 'write-key')) remember({ id, ...key });

  return {
    create: (wanted) =>
      change(async () => {
        const { app, key, requiredFrom } = wanted;
        if (!isApp(app)) throw new AccessError('app-invalid', 'an app is named as its registry names it');
        if (key !== undefined && !KEY.test(key)) throw new AccessError('key-invalid', 'a key is as it was printed');
        if (requiredFrom !== undefined && parseDay(requiredFrom) === undefined) {
          throw new AccessError('day-invalid', 'a day is YYYY-MM-DD');
        }
        if (!keysOf(app).every(isOver)) throw new AccessError('key-exists', `${app} has a key; rotate it`);
        return make(wanted);
      }),
    rotate: (app) =>
      change(async () => {
        const before = keysOf(app);
        if (before.length === 0) throw new AccessError('key-missing', 'that app has no key; create one');
        for (const key of before.filter(isOver)) await forget(key.id);
        const good = keysOf(app);
        if (good.length >= serverPolicy.maxWriteKeys) {
          throw new AccessError('too-many', `at most ${serverPolicy.maxWriteKeys} keys of an app; revoke one`);
        }
        // Whoever may still come without a key may after a rotation, too.
        const { requiredFrom } = good.find((key) => !isRequired(key)) ?? {};
        const made = await make({ app, ...(requiredFrom && { requiredFrom }) });
        // After the new one is stored: cut short here, those before stay good until the next rotation.
        const until = formatDay(today(clock) + serverPolicy.keyOverlapDays);
        for (const key of good.filter((one) => one.until === undefined)) {
          await save({ ...key, until });
          remember({ ...key, until });
        }
        return made;
      }),
    revoke(id) {
      // Before anything is awaited: from here on no batch comes with it.
      if (isKnown(id)) revoked.add(id);
      return change(async () => {
        if (!isKnown(id)) return false;
        await forget(id);
        return true;
      });
    },
    list: (app) => (app === undefined ? [...known.keys()].flatMap(keysOf) : keysOf(app)),
    isTaken(app, key) {
      const ofApp = known.get(app);
      if (ofApp === undefined) return true;
      if (key === undefined) return ![...ofApp.values()].some((one) => isRequired(one.key));
      if (!KEY.test(key)) return false;
      const digest = digestOf(key);
      let isTaken = false;
      // All of them, whichever it is.
      for (const { key: one, digest: ofOne } of ofApp.values()) {
        if (isSameDigest(ofOne, digest) && !isOver(one) && !revoked.has(one.id)) isTaken = true;
      }
      return isTaken;
    },
  };
}
