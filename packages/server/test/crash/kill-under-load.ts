import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@dither/server';
import { expect } from 'vitest';
import { today } from '../../src/clock.js';
import { type Fault, type Faults, openFaults } from '../faults/faults.js';
import { temporaryFolder } from '../fixture.js';
import { type Random, randomFrom } from '../support/random.js';
import { finishExactly } from './exact.js';
import { startLoad } from './load.js';
import { type Supervised, supervise } from './supervised.js';

export interface KillOptions {
  readonly seed: string;
  /** At random moments, by SIGKILL. */
  readonly moments?: number;
  /** Exactly before, after or in a write or sync of the database, chosen at random. Needs the shim. */
  readonly points?: number;
  /** At random moments, and what was not synced is gone. Needs the shim. */
  readonly powerCuts?: number;
  /** Of the disk, all the time, beside those above. */
  readonly faults?: readonly Fault[];
  /** A way of being wrong, see `children/server.mjs`. */
  readonly broken?: string;
  /** How many acknowledged batches are sent once more at the end; all unless told. */
  readonly again?: number;
}

/** Folds far more often than it would, so that kills meet folds. */
const FOLD_BATCHES = 200;
/** Calls among which the one to die at is chosen: of some tens of commits, and folds between them. */
const WRITES = 150;
const SYNCS = 40;
/** Longest to wait for a call that is to be died at: mostly a fraction of a second, on a busy machine many. */
const POINT_MILLISECONDS = 20_000;

/**
 * Kills a server under load again and again. In the end every batch that was acknowledged is counted, exactly once, and
 * nothing else is, with retries of the same bytes and deliberate duplicates.
 */
export async function killUnderLoad(options: KillOptions): Promise<void> {
  const { moments = 0, points = 0, powerCuts = 0, broken, again } = options;
  const random = randomFrom(options.seed);
  const folder = temporaryFolder();
  const always = [...(options.faults ?? []), ...(powerCuts > 0 ? [UNDO] : [])];
  const faults = points > 0 || always.length > 0 ? openFaults(join(temporaryFolder(), 'faults')) : undefined;
  faults?.set(...always);
  const environment = faults?.environment ?? {};
  const child = { foldBatches: FOLD_BATCHES, ...(broken === undefined ? {} : { broken }) };
  const own = { folder, environment, child };
  const server = supervise(own);
  const load = startLoad({ port: server.port, random: randomFrom(`${options.seed} load`), day: today(systemClock) });

  let hits = 0;
  for (const kind of shuffled(
    [...times(moments, 'moment'), ...times(points, 'point'), ...times(powerCuts, 'power')],
    random,
  )) {
    if (load.violations.length > 0) break;
    await server.port();
    if (kind === 'point' && faults !== undefined) hits += Number(await dieAtPoint(server, faults, always, random));
    else await sleep(20 + random.int(180));
    server.current.kill('SIGKILL');
    await server.current.ended;
    if (kind === 'power') faults?.powerCut(folder);
    faults?.set(...always);
    // Sometimes the command itself, whose folds are those of every day.
    if (broken === undefined && random.once(2)) server.start({ folder, environment });
    else server.start(own);
  }
  await server.port();
  await sleep(100);
  await finishExactly(folder, server, load, again);
  expect(load.acknowledged.length).toBeGreaterThan(10 * (moments + points + powerCuts));
  if (points > 0) expect(hits).toBeGreaterThan(points / 2);
}

const UNDO: Fault = { path: 'a.db', calls: ['write', 'truncate', 'sync', 'unlink'], action: 'undo' };

/** @returns whether it died there; on a slow machine it may not come to that point in time */
async function dieAtPoint(
  server: Supervised,
  faults: Faults,
  always: readonly Fault[],
  random: Random,
): Promise<boolean> {
  const { calls, action, among } = random.pick([
    { calls: ['write'], action: 'kill-before', among: WRITES },
    { calls: ['write'], action: 'kill-after', among: WRITES },
    { calls: ['write'], action: 'tear', among: WRITES },
    { calls: ['sync'], action: 'kill-before', among: SYNCS },
    { calls: ['sync'], action: 'kill-after', among: SYNCS },
  ] as const);
  faults.set(...always, { path: 'a.db', calls, action, first: 1 + random.int(among), times: 1 });
  await Promise.race([server.current.ended, sleep(POINT_MILLISECONDS)]);
  return faults.done(always.length) > 0;
}

function times<T>(count: number, what: T): T[] {
  return new Array<T>(count).fill(what);
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  return list
    .map((item) => ({ item, at: random.int(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
