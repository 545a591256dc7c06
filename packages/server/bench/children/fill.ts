/** Puts the nonces of some days into a database, by way of its storage, as a server that was as busy would have. */
import { randomFillSync } from 'node:crypto';
import { dayOf, encodeBatch, policy } from '@dither/protocol';
import { type IncomingBatch, serverPolicy, sqliteStorage } from '@dither/server';
import { readBatch } from '../../src/ingest/contributions.js';
import { serve } from '../../src/ingest/served-registry.js';
import { registry } from '../lib/batches.js';
import { childOptions, say } from '../lib/child.js';

export interface Filled {
  readonly batches: number;
}

const { database, perDay } = childOptions<{ readonly database: string; readonly perDay: number }>();
const served = serve(registry);
const today = dayOf(Date.now());
const storage = await sqliteStorage({ path: database });
await storage.saveRegistry(registry);

/** Of one report: nonces are what takes room here. */
function batch(day: number): IncomingBatch {
  const nonce = randomFillSync(new Uint8Array(16));
  const reports = [{ index: 0, window: day - 1, bytes: new Uint8Array(16) }];
  const bytes = encodeBatch(registry, { day, nonce, reports });
  return { day, nonce, bytes, contributions: readBatch(bytes, { day, nonce }, served).contributions };
}

let batches = 0;
for (let day = today - policy.retainedDays + 1; day <= today; day++) {
  for (let left = perDay; left > 0; left -= serverPolicy.groupBatches) {
    const group = Array.from({ length: Math.min(left, serverPolicy.groupBatches) }, () => batch(day));
    await storage.commit(group);
    batches += group.length;
  }
}
await storage.close();
say({ batches } satisfies Filled);
process.exit(0);
