import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../support/random.js';
import { until } from '../support/until.js';
import { troubled } from './disk-trouble.js';

const DAY_MS = 86_400_000;
/**
 * Sets the server's clock ahead and back by up to 20 days, `times` times. It goes on counting, and when the clock is right again
 * all are counted, exactly once.
 */
export async function jumpClock(seed: string, random: Random, times: number): Promise<void> {
  const { server, load, faults, finish } = troubled(seed);
  await server.port();
  await sleep(200);
  const days = [2, -2, 20, -20, ...Array.from({ length: times }, () => random.int(40) - 20)].slice(0, times);
  for (const day of days) {
    faults.moveClock(day * DAY_MS + random.int(3_600_000));
    await sleep(200);
    const counted = load.acknowledged.length;
    // A clock that leaps is not believed.
    await until('a batch that is stored', () => load.acknowledged.length > counted);
  }
  faults.moveClock(0);
  await finish();
}
