import { formatDay, parseDay } from '@dither/protocol';
import { type Clock, today } from '../clock.js';
import { AccessError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import type { Storage } from '../storage/storage.js';
import { isApp } from './app-name.js';
import { inTurn } from './in-turn.js';
import { digestOf, isSameDigest, newId, newSecret } from './secrets.js';
import { hadToken, readAll, write, writeHadToken } from './stored.js';

/**
 * `read`: metrics, estimates, registries, `/metrics`, and lists of candidates. `candidates`: put and delete such lists.
 */
export type Scope = 'read' | 'candidates';

export interface ReadToken {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Whose metrics it reads; all unless told. */
  readonly apps?: readonly string[];
  /** YYYY-MM-DD. */
  readonly created: string;
  /** Last day on which it is taken; none unless told. */
  readonly expires?: string;
}

export type WantedToken = Pick<ReadToken, 'name' | 'scopes' | 'apps' | 'expires'>;

/** What reads the estimates. Secrets are shown once and kept as their SHA-256. */
export interface Tokens {
  /** @throws AccessError `name-invalid`, `scopes-invalid`, `app-invalid`, `expires-invalid`, `too-many` */
  create(wanted: WantedToken): Promise<{ readonly token: ReadToken; readonly secret: string }>;
  list(): readonly ReadToken[];
  /** Whether there is one, or ever was: a revocation does not open what the token closed. */
  readonly isNeeded: boolean;
  /**
   * It is refused from the call on, and gone for good when it resolves. Where that fails it stays listed, and refused until
   * the next start.
   * @returns whether there was one
   */
  revoke(id: string): Promise<boolean>;
  /** The token of that secret, if it is taken today. */
  find(secret: string): ReadToken | undefined;
}

const SECRET = /^dtr_[A-Za-z0-9_-]{43}$/;
const SCOPES: readonly Scope[] = ['read', 'candidates'];

export async function openTokens(storage: Storage, clock: Clock): Promise<Tokens> {
  const known = new Map<string, { readonly token: ReadToken; readonly digest: Buffer }>();
  for (const [id, { sha256, apps, expires, ...rest }] of await readAll(storage, 'read-token')) {
    known.set(id, { token: { id, ...rest, ...given({ apps, expires }) }, digest: Buffer.from(sha256, 'hex') });
  }
  /** Of those known, the ones whose revocation is not durable. */
  const revoked = new Set<string>();
  let hadOne = await hadToken(storage);
  const change = inTurn();

  return {
    create: (wanted) =>
      change(async () => {
        check(wanted, clock);
        if (known.size >= serverPolicy.maxReadTokens) {
          throw new AccessError('too-many', `at most ${serverPolicy.maxReadTokens} tokens; revoke one`);
        }
        const { name, scopes, apps, expires } = wanted;
        const fields = { name, scopes: [...new Set(scopes)], created: formatDay(today(clock)) };
        const limits = given({ apps: apps && [...new Set(apps)], expires });
        const [id, secret] = [newId(), newSecret('dtr_', 32)];
        const digest = digestOf(secret);
        await write(storage, 'read-token', id, { ...fields, ...limits, sha256: digest.toString('hex') });
        const token = { id, ...fields, ...limits };
        known.set(id, { token, digest });
        return { token, secret };
      }),
    list: () => [...known.values()].map(({ token }) => token),
    get isNeeded() {
      return hadOne || known.size > 0;
    },
    revoke(id) {
      // Before anything is awaited: from here on it opens nothing.
      if (known.has(id)) revoked.add(id);
      return change(async () => {
        if (!known.has(id)) return false;
        // Before it is gone: cut short in between, reads stay closed.
        if (!hadOne) await writeHadToken(storage);
        hadOne = true;
        await storage.deleteRecord('read-token', id);
        revoked.delete(id);
        return known.delete(id);
      });
    },
    find(secret) {
      if (!SECRET.test(secret)) return undefined;
      const digest = digestOf(secret);
      let found: ReadToken | undefined;
      // All of them, whichever it is.
      for (const one of known.values()) if (isSameDigest(one.digest, digest)) found = one.token;
      if (found === undefined || revoked.has(found.id)) return undefined;
      const isOver = found.expires !== undefined && today(clock) > (parseDay(found.expires) as number);
      return isOver ? undefined : found;
    },
  };
}

function check({ name, scopes, apps, expires }: WantedToken, clock: Clock): void {
  if (name.trim() === '' || name.length > 100) throw new AccessError('name-invalid', 'a name has 1 to 100 characters');
  if (scopes.length === 0 || scopes.some((scope) => !SCOPES.includes(scope))) {
    throw new AccessError('scopes-invalid', `scopes are one or more of ${SCOPES.join(', ')}`);
  }
  if (apps !== undefined && (apps.length === 0 || !apps.every(isApp))) {
    throw new AccessError('app-invalid', 'apps are names as registries have them, one or more');
  }
  if (apps !== undefined && scopes.includes('candidates')) {
    throw new AccessError(
      'scopes-invalid',
      'lists of candidates belong to all apps: only a token without apps changes them',
    );
  }
  if (expires === undefined) return;
  const day = parseDay(expires);
  if (day === undefined || day < today(clock)) {
    throw new AccessError('expires-invalid', 'expires is a day, YYYY-MM-DD, and not over');
  }
}

/** Without what was not given. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
