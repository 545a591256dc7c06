import { uniformInt } from '@dither/mechanisms';
import { seededSource } from '@dither/sdk/testing';
import { expect, it } from 'vitest';
import { binomialTail } from '../support/chance.js';
import { agreed, DAY, HOUR, ledgerIn, MINUTE, MORNING, SECOND } from '../support/installation.js';
import { receipt, reportsIn } from '../support/receiver.js';
import { crashOnly } from '../support/registry.js';

/** Of each, one period drawn at random, so that what comes of them is independent. */
const INSTALLATIONS = 400;
const MIDNIGHT = MORNING - 9 * HOUR;
/**
 * How often a rate that is below the promised one is taken for one that is not: P[at least so many of
 * Bin(INSTALLATIONS, promised)]; and the other way round. The binomial law is exact.
 */
const ALPHA = 1e-6;
const PROMISED = 0.95;

/**
 * Of one closed period per installation: how many came within three days of the closing, for visits of `length` at two
 * random times a day, one in twenty of them without a network.
 */
async function deliveredInTime(length: number): Promise<number> {
  const source = seededSource(`rate-${length}`);
  let delivered = 0;
  for (let n = 0; n < INSTALLATIONS; n++) {
    let isOnline = true;
    const installation = await agreed(crashOnly, MIDNIGHT, {
      seed: `rate-${n}`,
      respond(message) {
        if (!isOnline) throw new Error('offline');
        return receipt(message);
      },
    });
    const { messages, texts } = installation;
    const period = uniformInt(source, 3);
    let closed: number | undefined;
    let arrived: number | undefined;
    for (let day = 0; day <= period + 4; day++) {
      const minutes = [uniformInt(source, 12 * 60), 12 * 60 + uniformInt(source, 12 * 60 - 2)];
      for (const at of minutes.map((minute) => MIDNIGHT + day * DAY + minute * MINUTE + SECOND)) {
        isOnline = uniformInt(source, 20) > 0;
        const { client, time } = await installation.start(at);
        const isClosed = ledgerIn(texts).charges.some(([charged]) => charged === MIDNIGHT / DAY + period);
        if (isClosed) closed ??= at;
        const before = messages.length;
        await time.advance(length);
        await client.stop();
        const windows = reportsIn(messages.slice(before), crashOnly).map(({ window }) => window - MIDNIGHT / DAY);
        if (isOnline && windows.includes(period)) arrived ??= time.clock.wall();
      }
    }
    expect(closed).toBeDefined();
    if ((arrived ?? Number.POSITIVE_INFINITY) <= (closed as number) + 3 * DAY) delivered++;
  }
  return delivered;
}

it('at least 95% of closed periods are delivered within three days by two visits of two minutes a day', async () => {
  const delivered = await deliveredInTime(2 * MINUTE);
  expect(binomialTail(INSTALLATIONS, PROMISED, delivered)).toBeLessThan(ALPHA);
});

it('would be seen to miss that if visits were too short to send what is late', async () => {
  const delivered = await deliveredInTime(5 * SECOND);
  expect(1 - binomialTail(INSTALLATIONS, PROMISED, delivered + 1)).toBeLessThan(ALPHA);
});
