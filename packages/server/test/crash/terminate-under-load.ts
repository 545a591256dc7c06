import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@dither/server';
import { expect } from 'vitest';
import { today } from '../../src/clock.js';
import { temporaryFolder } from '../fixture.js';
import { randomFrom } from '../support/random.js';
import { finishExactly } from './exact.js';
import { startLoad } from './load.js';
import { supervise } from './supervised.js';

/** What a supervisor waits before it kills: the server drains in less. */
const DRAIN_MILLISECONDS = 10_000;

/**
 * A server under load is told to stop, `times` times, each time by several signals close together. It answers what it has,
 * exits with 0 within 10 s, and the next one starts from exactly what was acknowledged.
 */
export async function terminateUnderLoad(seed: string, times: number): Promise<void> {
  const random = randomFrom(seed);
  const folder = temporaryFolder();
  const server = supervise({ folder });
  const load = startLoad({ port: server.port, random: randomFrom(`${seed} load`), day: today(systemClock) });
  for (let i = 0; i < times; i++) {
    await server.port();
    await sleep(random.int(200));
    for (let signal = 0; signal <= i % 4; signal++) {
      server.current.kill('SIGTERM');
      await sleep(random.int(5));
    }
    const late = sleep(DRAIN_MILLISECONDS, undefined, { ref: false });
    const ended = await Promise.race([server.current.ended, late]);
    expect(ended ?? 'still there after 10 s').toMatchObject({ code: 0, signal: null });
    server.start();
  }
  await server.port();
  await sleep(100);
  await finishExactly(folder, server, load, 1000);
  expect(load.acknowledged.length).toBeGreaterThan(10 * times);
}
