import { z } from 'zod';
import type { ReadToken, Scope } from '../access/tokens.js';
import type { WriteKey } from '../access/write-keys.js';
import type { RegistryChange } from '../ingest/registries.js';
import type { BackupSummary, RestoreSummary } from '../storage/sqlite/backup.js';
import type { RegistryList, Status } from './answers.js';

const nothing = z.strictObject({});
const ofId = z.strictObject({ id: z.string() });
const ofApp = z.strictObject({ app: z.string() });
const ofPath = z.strictObject({ path: z.string() });
/** Canonical JSON. */
const ofText = z.strictObject({ text: z.string() });
const scope = z.enum(['read', 'candidates'] satisfies Scope[]);

/** What each operation takes. What it means is checked by the part that does it. */
export const operations = {
  addRegistry: ofText,
  diffRegistry: ofText,
  listRegistries: nothing,
  createToken: z.strictObject({
    name: z.string(),
    scopes: z.array(scope),
    apps: z.array(z.string()).exactOptional(),
    expires: z.string().exactOptional(),
  }),
  listTokens: nothing,
  revokeToken: ofId,
  createKey: z.strictObject({
    app: z.string(),
    key: z.string().exactOptional(),
    requiredFrom: z.string().exactOptional(),
  }),
  rotateKey: ofApp,
  listKeys: z.strictObject({ app: z.string().exactOptional() }),
  revokeKey: ofId,
  backup: ofPath,
  restore: ofPath,
  status: nothing,
};

export type OperationName = keyof typeof operations;

/** What each operation answers. */
interface Answers {
  readonly addRegistry: RegistryChange;
  readonly diffRegistry: RegistryChange;
  readonly listRegistries: RegistryList;
  readonly createToken: { readonly token: ReadToken; readonly secret: string };
  readonly listTokens: readonly ReadToken[];
  readonly revokeToken: boolean;
  readonly createKey: WriteKey;
  readonly rotateKey: WriteKey;
  readonly listKeys: readonly WriteKey[];
  readonly revokeKey: boolean;
  readonly backup: BackupSummary;
  readonly restore: RestoreSummary;
  readonly status: Status;
}

export type OperationArguments<Name extends OperationName> = z.infer<(typeof operations)[Name]>;
export type OperationAnswer<Name extends OperationName> = Answers[Name];

/**
 * What an operator can have done: by the server that runs, over its socket, or else on the file itself.
 * @throws StorageError, AccessError, RegistryFileError, AdminError
 */
export type Operator = {
  readonly [Name in OperationName]: (given: OperationArguments<Name>) => Promise<OperationAnswer<Name>>;
};

/** What a request is answered with where the operation failed. */
export interface AdminFailure {
  readonly code: string;
  readonly message: string;
}
