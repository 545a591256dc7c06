import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverPolicy, systemClock } from '@dither/server';
import { expect } from 'vitest';
import { today } from '../../src/clock.js';
import { type Fault, type Faults, openFaults } from '../faults/faults.js';
import { temporaryFolder } from '../fixture.js';
import { randomFrom } from '../support/random.js';
import { until } from '../support/until.js';
import { finishExactly } from './exact.js';
import { type Load, type LoadOptions, startLoad } from './load.js';
import { type Supervised, supervise } from './supervised.js';

/** A server under load, over a disk that can be troubled. */
export interface Troubled {
  readonly folder: string;
  readonly server: Supervised;
  readonly load: Load;
  readonly faults: Faults;
  /** See {@link finishExactly}. */
  finish(): Promise<void>;
}

/** @param foldBatches - few, so that trouble meets folds */
export function troubled(seed: string, options: Partial<LoadOptions> = {}, foldBatches = 500): Troubled {
  const folder = temporaryFolder();
  const faults = openFaults(join(temporaryFolder(), 'faults'));
  const server = supervise({ folder, environment: faults.environment, child: { foldBatches } });
  const load = startLoad({ port: server.port, random: randomFrom(seed), day: today(systemClock), ...options });
  return { folder, server, load, faults, finish: () => finishExactly(folder, server, load, 2000) };
}

const FULL: Fault = { path: 'a.db', calls: ['write', 'truncate'], action: 'fail', error: 'ENOSPC' };

/** The disk is full `times` times: batches are refused with 503, and counted once there is room again. */
export async function fillDisk(seed: string, times: number): Promise<void> {
  const { server, load, faults, finish } = troubled(seed);
  for (let i = 0; i < times; i++) {
    await server.port();
    await sleep(200);
    const refused = load.refusals.get('unavailable') ?? 0;
    // Not always from the first write on, so that a transaction may be half written.
    faults.set({ ...FULL, first: 1 + (i % 3) });
    await until('a batch that is refused', () => (load.refusals.get('unavailable') ?? 0) > refused);
    await sleep(200);
    expect(faults.done(0)).toBeGreaterThan(0);
    faults.set();
    const counted = load.acknowledged.length;
    await until('a batch that is stored again', () => load.acknowledged.length > counted);
  }
  await finish();
}

/** A sync fails `times` times, at any of its calls: the server says so and stops, and its restart knows what is on disk. */
export async function failSyncs(seed: string, times: number): Promise<void> {
  const random = randomFrom(`${seed} syncs`);
  const { server, faults, finish } = troubled(seed);
  for (let i = 0; i < times; i++) {
    await server.port();
    await sleep(100);
    faults.set({ path: 'a.db', calls: ['sync'], action: 'fail', error: 'EIO', first: 1 + random.int(30), times: 1 });
    const { code, text } = await server.current.ended;
    expect({ code, done: faults.done(0) }).toEqual({ code: 1, done: 1 });
    expect(text).toMatch(/I\/O/i);
    faults.set();
    server.start();
  }
  await finish();
}

/** What a slow disk makes of the waits for a receipt. */
export interface Stalled {
  /** Of 99 in 100, in the time that one sync takes. */
  readonly p99InSyncs: number;
  /** Resident memory at the end beside that before the disk got slow. */
  readonly growth: number;
  readonly batches: number;
}

/** Every sync takes so many milliseconds longer, for some seconds. */
export async function stallDisk(seed: string, milliseconds: number, seconds: number): Promise<Stalled> {
  const { server, load, faults, finish } = troubled(seed, {}, serverPolicy.foldBatches);
  await server.port();
  await sleep(1000);
  const before = server.current.memory();
  faults.set({ path: 'a.db', calls: ['sync'], action: 'delay', milliseconds });
  await sleep(5 * milliseconds);
  const first = load.waits.length;
  await sleep(1000 * seconds);
  const waits = load.waits.slice(first).sort((a, b) => a - b);
  const growth = server.current.memory() / before;
  expect(faults.done(0)).toBeGreaterThan(0);
  await finish();
  expect(load.refusals.size).toBe(0);
  const p99 = waits[Math.floor(0.99 * waits.length)] ?? 0;
  return { p99InSyncs: p99 / milliseconds, growth, batches: waits.length };
}
