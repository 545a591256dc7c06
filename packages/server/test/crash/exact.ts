import { join } from 'node:path';
import { sqliteStorage } from '@dither/server';
import { expect } from 'vitest';
import { counted } from '../fixture.js';
import { type Counters, countersOf, METRICS } from './batches.js';
import type { Load } from './load.js';
import type { Supervised } from './supervised.js';

/** What a database holds. No server may be running. */
export async function countersIn(folder: string): Promise<Counters> {
  const storage = await sqliteStorage({ path: join(folder, 'a.db') });
  const [darkMode, loadTime, theme] = await Promise.all(METRICS.map((id) => counted(storage, id)));
  await storage.close();
  return { 'dark-mode': darkMode ?? [], 'load-time': loadTime ?? [], theme: theme ?? [] };
}

/**
 * Lets the load end, and stops the server: every batch was acknowledged, each of those sent again is a duplicate, the
 * server exits with 0, and its counters are exactly those of the batches that were acknowledged.
 */
export async function finishExactly(folder: string, server: Supervised, load: Load, again?: number): Promise<void> {
  await load.finish();
  expectNone(load.violations);
  await load.sendAgain(again);
  expectNone(load.violations);
  expect(await server.stop()).toMatchObject({ code: 0 });
  expect(await countersIn(folder)).toEqual(countersOf(load.acknowledged));
}

function expectNone(violations: readonly string[]): void {
  if (violations.length > 0) throw new Error(`${violations.length} violations: ${violations.slice(0, 3).join('; ')}`);
}
