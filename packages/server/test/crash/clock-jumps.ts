import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Random } from '../support/random.js';
import { troubled } from './disk-trouble.js';

const DAY_MS = 86_400_000;
/** What a batch is answered on a day that is not near its own. Devices drop it after the first; here it is kept. */
const OTHER_DAY = ['unavailable', 'day-out-of-range', 'day-ahead'];

/**
 * Sets the server's clock ahead and back by up to 20 days, `times` times. Batches of its day are counted as ever, those of
 * another are refused; when the clock is right again all are counted, exactly once.
 */
export async function jumpClock(seed: string, random: Random, times: number): Promise<void> {
  const { server, load, faults, finish } = troubled(seed, { retried: OTHER_DAY });
  await server.port();
  await sleep(200);
  const days = [2, -2, 20, -20, ...Array.from({ length: times }, () => random.int(40) - 20)].slice(0, times);
  for (const day of days) {
    const counted = load.acknowledged.length;
    faults.moveClock(day * DAY_MS + random.int(3_600_000));
    await sleep(200);
    // Batches of up to seven days ago and of the next day are those of this clock.
    if (day > 0 && day < 7) expect(load.acknowledged.length).toBeGreaterThan(counted);
  }
  expect([...load.refusals.keys()].sort()).not.toEqual([]);
  faults.moveClock(0);
  await finish();
}
