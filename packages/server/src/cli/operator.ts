import { existsSync } from 'node:fs';
import type { Operator } from '../admin/operations.js';
import { operatorOf } from '../admin/operator.js';
import type { Config } from '../config.js';
import { AdminError } from '../errors.js';
import { openServices } from '../services.js';
import { type SqliteStorage, sqliteStorage } from '../storage/sqlite/sqlite.js';
import { runningOperator } from './running-operator.js';

/**
 * Has something done by the server that runs; where none does, on the file itself, which no server can open meanwhile.
 * @param mayCreate - whether a file is made where there is none
 * @throws AdminError `no-database`, and what operators throw
 */
export async function withOperator<T>(
  config: Config,
  use: (operator: Omit<Operator, 'restore'>) => Promise<T>,
  { mayCreate = false } = {},
): Promise<T> {
  const running = await runningOperator(config);
  if (running !== undefined) return use(running);
  const { db } = config;
  if (!mayCreate && !existsSync(db)) throw new AdminError('no-database', `no server answers, and there is no ${db}`);
  const storage = await openFile(config);
  try {
    const services = await openServices({ registries: [], storage });
    const file = { db, server: () => undefined, backup: (path: string) => storage.backup(path) };
    const answer = await use(operatorOf(services, file));
    await services.close();
    return answer;
  } finally {
    await storage.close();
  }
}

/** The file as the settings have it. @throws StorageError */
export function openFile({ db, retentionDays, nonceMemory }: Config): Promise<SqliteStorage> {
  return sqliteStorage({ path: db, retentionDays, nonceMemoryBytes: nonceMemory });
}
