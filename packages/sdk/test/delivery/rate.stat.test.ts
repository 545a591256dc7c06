import { uniformInt } from '@dither/mechanisms';
import { seededSource } from '@dither/sdk/testing';
import { expect, it } from 'vitest';
import { agreed, DAY, HOUR, ledgerIn, MINUTE, MORNING, SECOND } from '../support/installation.js';
import { reportsIn } from '../support/receiver.js';
import { crashOnly } from '../support/registry.js';

const INSTALLATIONS = 300;
const DAYS = 20;

/**
 * The share of closed periods whose report came within three days of the closing, for visits of `length` at two
 * random times a day, one in twenty of them without a network.
 */
async function deliveredInTime(length: number): Promise<number> {
  const source = seededSource(`rate-${length}`);
  let closed = 0;
  let delivered = 0;
  for (let n = 0; n < INSTALLATIONS; n++) {
    let isOnline = true;
    const installation = await agreed(crashOnly, MORNING - 9 * HOUR, {
      seed: `rate-${n}`,
      respond: ({ batch }) => {
        if (!isOnline) throw new Error('offline');
        return { status: 200, contentType: 'application/json', body: JSON.stringify({ batch }) };
      },
    });
    const closings = new Map<number, number>();
    const arrivals = new Map<number, number>();
    for (let day = 0; day < DAYS; day++) {
      const hours = [uniformInt(source, 12 * 60), 12 * 60 + uniformInt(source, 12 * 60 - 2)];
      for (const at of hours.map((minutes) => MORNING - 9 * HOUR + day * DAY + minutes * MINUTE + SECOND)) {
        isOnline = uniformInt(source, 20) > 0;
        const { client, time } = await installation.start(at);
        for (const [charged] of ledgerIn(installation.texts).charges) {
          if (!closings.has(charged)) closings.set(charged, at);
        }
        const before = installation.messages.length;
        await time.advance(length);
        await client.stop();
        if (!isOnline) continue;
        for (const { window } of reportsIn(installation.messages.slice(before), crashOnly)) {
          if (!arrivals.has(window)) arrivals.set(window, time.clock.wall());
        }
      }
    }
    for (const [day, at] of closings) {
      // The last ones have not had their three days.
      if (at > MORNING + (DAYS - 4) * DAY) continue;
      closed++;
      if ((arrivals.get(day) ?? Number.POSITIVE_INFINITY) <= at + 3 * DAY) delivered++;
    }
  }
  expect(closed).toBeGreaterThan(INSTALLATIONS * (DAYS - 6));
  return delivered / closed;
}

it('at least 95% of closed periods are delivered within three days by two visits of two minutes a day', async () => {
  expect(await deliveredInTime(2 * MINUTE)).toBeGreaterThanOrEqual(0.95);
});

it('would be seen to miss that if visits were too short to send what is late', async () => {
  expect(await deliveredInTime(5 * SECOND)).toBeLessThan(0.95);
});
