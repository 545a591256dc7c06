import { join } from 'node:path';
import { memoryStorage, sqliteStorage } from '@dither/server';
import { temporaryFolder } from './fixture.js';
import { describeStorage } from './storage.contract.js';

describeStorage('memory', async () => memoryStorage());
describeStorage('sqlite', () => sqliteStorage({ path: join(temporaryFolder(), 'a.db') }));
describeStorage('sqlite that folds all the time', () =>
  sqliteStorage({ path: join(temporaryFolder(), 'a.db'), foldBatches: 1, foldMilliseconds: 1 }),
);
