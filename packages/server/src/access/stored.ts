import { z } from 'zod';
import { StorageError } from '../errors.js';
import type { RecordKind, Storage } from '../storage/storage.js';

const day = z.iso.date();

const schemas = {
  'read-token': z.strictObject({
    name: z.string(),
    scopes: z.array(z.enum(['read', 'candidates'])),
    apps: z.array(z.string()).optional(),
    created: day,
    expires: day.optional(),
    /** Of the secret, in hexadecimal. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  'write-key': z.strictObject({
    app: z.string(),
    key: z.string(),
    created: day,
    until: day.exactOptional(),
    requiredFrom: day.exactOptional(),
  }),
};

type Stored = { readonly [kind in keyof typeof schemas]: z.infer<(typeof schemas)[kind]> };

/** Beside the tokens, and no id of one: that there was one, once it is revoked. */
const HAD_TOKEN = { kind: 'read-token', id: 'had-token', text: '{}' } as const;

/** Whether a token was ever revoked here. */
export async function hadToken(storage: Storage): Promise<boolean> {
  return (await storage.records('read-token')).some(({ id }) => id === HAD_TOKEN.id);
}

/** Durable when it resolves. */
export function writeHadToken(storage: Storage): Promise<void> {
  return storage.putRecord(HAD_TOKEN);
}

/** All records of a kind, by id. @throws StorageError `storage-corrupt` for one that this version did not write */
export async function readAll<K extends keyof Stored>(storage: Storage, kind: K): Promise<Map<string, Stored[K]>> {
  const records = (await storage.records(kind)).filter(({ id }) => id !== HAD_TOKEN.id);
  return new Map(records.map(({ id, text }) => [id, read(kind, text)]));
}

function read<K extends keyof Stored>(kind: K, text: string): Stored[K] {
  try {
    return schemas[kind].parse(JSON.parse(text)) as Stored[K];
  } catch {
    // Neither the text nor the parser's message: both hold a key.
    throw new StorageError('storage-corrupt', `a ${kind} cannot be read`);
  }
}

/** Durable when it resolves. */
export function write<K extends keyof Stored & RecordKind>(
  storage: Storage,
  kind: K,
  id: string,
  stored: Stored[K],
): Promise<void> {
  return storage.putRecord({ kind, id, text: JSON.stringify(stored) });
}
