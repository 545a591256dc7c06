import type { Clock } from '../clock.js';
import type { Storage } from '../storage/storage.js';
import { openTokens, type ReadToken, type Tokens, type WantedToken } from './tokens.js';
import { openWriteKeys, type WantedKey, type WriteKey, type WriteKeys } from './write-keys.js';

/**
 * Who may read, and with which key an app's batches come. Changes are durable when they resolve and hold for the next
 * request. One `Access` per storage: it answers requests from memory.
 */
export interface Access {
  /** @throws AccessError `name-invalid`, `scopes-invalid`, `app-invalid`, `expires-invalid`, `too-many` */
  createToken(wanted: WantedToken): Promise<{ readonly token: ReadToken; readonly secret: string }>;
  tokens(): Promise<readonly ReadToken[]>;
  /** It is refused from the call on, and listed until that is stored. @returns whether there was one */
  revokeToken(id: string): Promise<boolean>;
  /** @throws AccessError `app-invalid`, `key-invalid`, `day-invalid`, `key-exists` */
  createKey(wanted: WantedKey): Promise<WriteKey>;
  /** Those before it are taken for 180 days more. @throws AccessError `key-missing`, `too-many` */
  rotateKey(app: string): Promise<WriteKey>;
  /**
   * It is refused from the call on, and listed until that is stored. An app without any takes batches without.
   * @returns whether there was one
   */
  revokeKey(id: string): Promise<boolean>;
  keys(app?: string): Promise<readonly WriteKey[]>;

  /** Whether reads need a token: from the first one on, be it over or revoked since. */
  readonly isTokenNeeded: boolean;
  /** The token of that secret, if it is taken today. */
  findToken(secret: string): ReadToken | undefined;
  /** Whether a batch of the app may come with that key, or without any. */
  isKeyTaken(app: string, key: string | undefined): boolean;
}

/** @throws StorageError */
export async function openAccess(storage: Storage, clock: Clock): Promise<Access> {
  const tokens: Tokens = await openTokens(storage, clock);
  const keys: WriteKeys = await openWriteKeys(storage, clock);
  return {
    createToken: tokens.create,
    tokens: async () => tokens.list(),
    revokeToken: tokens.revoke,
    createKey: keys.create,
    rotateKey: keys.rotate,
    revokeKey: keys.revoke,
    keys: async (app) => keys.list(app),
    get isTokenNeeded() {
      return tokens.isNeeded;
    },
    findToken: tokens.find,
    isKeyTaken: keys.isTaken,
  };
}
