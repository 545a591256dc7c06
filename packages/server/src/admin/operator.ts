import { registryFromText } from '@dither/protocol/node';
import type { Registries } from '../ingest/registries.js';
import type { Services } from '../services.js';
import type { BackupSummary } from '../storage/sqlite/backup.js';
import type { Storage } from '../storage/storage.js';
import { version } from '../version.js';
import type { ListedRegistry, Status } from './answers.js';
import type { Operator } from './operations.js';

/** The file, and the server over it. */
interface OperatedFile {
  readonly db: string;
  readonly server: () => Status['server'];
  /** @throws StorageError */
  backup(path: string): Promise<BackupSummary>;
}

/** The operator of services that are open in this process. To restore, their file must be closed. */
export function operatorOf(services: Services, file: OperatedFile): Omit<Operator, 'restore'> {
  const { registries, access, storage } = services;
  return {
    addRegistry: async ({ text }) => registries.add(registryFromText(text, 'the registry')),
    diffRegistry: async ({ text }) => registries.compare(registryFromText(text, 'the registry')),
    async listRegistries() {
      return {
        registries: await list(registries, storage),
        unknown: registries.unknown(),
        setAside: storage.setAside,
      };
    },
    createToken: access.createToken,
    listTokens: access.tokens,
    revokeToken: ({ id }) => access.revokeToken(id),
    createKey: access.createKey,
    rotateKey: ({ app }) => access.rotateKey(app),
    listKeys: ({ app }) => access.keys(app),
    revokeKey: ({ id }) => access.revokeKey(id),
    backup: ({ path }) => file.backup(path),
    async status() {
      return {
        version,
        server: file.server(),
        db: file.db,
        registries: registries.all.length,
        unknownRegistries: registries.unknown().length,
        setAside: storage.setAside.length,
        tokens: (await access.tokens()).length,
        keys: (await access.keys()).length,
        usage: storage.usage(),
      };
    },
  };
}

async function list(registries: Registries, storage: Storage): Promise<readonly ListedRegistry[]> {
  const current = new Set(registries.current.map(({ fingerprint }) => fingerprint));
  return Promise.all(
    registries.all.map(async ({ app, fingerprint, wire }) => {
      const windows = await Promise.all(wire.map((metric) => storage.windows(metric.fingerprint)));
      const reports = windows.flat().reduce((sum, { n }) => sum + n, 0);
      return { app, fingerprint, metrics: wire.length, reports, isCurrent: current.has(fingerprint) };
    }),
  );
}
