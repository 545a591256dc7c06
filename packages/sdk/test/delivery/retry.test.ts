import { seededSource } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../src/transport.js';
import { agreed, DAY, HOUR, MINUTE, MORNING } from '../support/installation.js';
import { look } from '../support/look.js';
import { type Message, problem, receipt } from '../support/receiver.js';
import { crashOnly } from '../support/registry.js';

const source = seededSource('retries');

/** Least and largest of many delays. */
function rangeOf(tries: number, retryAfter?: string): readonly [number, number] {
  const delays = Array.from({ length: 500 }, () => retryDelay(tries, retryAfter, source));
  return [Math.min(...delays), Math.max(...delays)];
}

describe('the delay before the next try', () => {
  it.each([
    [1, undefined, MINUTE],
    [2, undefined, 10 * MINUTE],
    [3, undefined, HOUR],
    [4, undefined, 6 * HOUR],
    [50, undefined, 6 * HOUR],
    [1, '0', MINUTE],
    [1, '60', MINUTE],
    [1, '61', 10 * MINUTE],
    [1, '600', 10 * MINUTE],
    [1, '601', HOUR],
    [1, '3601', 6 * HOUR],
    [1, '99999999', 6 * HOUR],
    [3, '5', HOUR],
    [1, '-5', MINUTE],
    [1, '1e9', MINUTE],
    [1, 'Wed, 21 Oct 2099 07:28:00 GMT', MINUTE],
    [1, '', MINUTE],
  ])('after try %i and Retry-After %s lies within half of its rung', (tries, retryAfter, rung) => {
    const [least, largest] = rangeOf(tries, retryAfter);
    expect(least).toBeGreaterThanOrEqual(rung);
    expect(largest).toBeLessThan(1.5 * rung);
    // Spread over the whole range: 500 uniform draws leave a tenth of it empty at an end with a chance of 0.9^500.
    expect(least).toBeLessThan(1.05 * rung);
    expect(largest).toBeGreaterThan(1.45 * rung);
  });
});

describe('tries', () => {
  it('send the same bytes, later and later, until the receipt comes', async () => {
    let answers = 0;
    const respond = (message: Message) => {
      if (answers++ < 2) throw new Error('cut');
      return answers < 5 ? problem(503, 'unavailable') : receipt(message);
    };
    const installation = await agreed(crashOnly, MORNING, { seed: 'tries', respond });
    const { client, time } = await installation.start(MORNING + DAY);
    await time.advance(DAY / 2);
    await client.stop();
    // Restarts change nothing about the bytes, nor about the count of tries.
    for (let i = 0; i < 3; i++) {
      const again = await installation.start(MORNING + 2 * DAY + i * 8 * HOUR);
      await again.time.advance(7 * HOUR);
      await again.client.stop();
    }
    const [first] = installation.messages;
    const tries = installation.messages.filter(({ batch }) => batch === first?.batch);
    expect(tries).toHaveLength(5);
    for (const { bytes } of tries) expect(bytes).toEqual(first?.bytes);
    const gaps = tries.slice(1).map(({ at }, i) => at - (tries[i]?.at ?? 0));
    for (const [i, rung] of [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR].entries()) {
      expect(gaps[i]).toBeGreaterThanOrEqual(rung);
    }
  });

  it('wait as long as the server asks, rounded up', async () => {
    const installation = await agreed(crashOnly, MORNING, {
      seed: 'asked',
      respond: () => ({ ...problem(429, 'rate-limited'), retryAfter: '4000' }),
    });
    const { time } = await installation.start(MORNING + DAY);
    await time.advance(14 * HOUR);
    const [first, second] = installation.messages.map(({ at }) => at);
    expect(second === undefined ? Number.POSITIVE_INFINITY : second - (first ?? 0)).toBeGreaterThanOrEqual(6 * HOUR);
  });

  it('end when the batch is too old for any server', async () => {
    const offline = () => {
      throw new Error('offline');
    };
    const installation = await agreed(crashOnly, MORNING, { seed: 'old', respond: offline });
    const dropped: number[] = [];
    for (let day = 1; day < 12; day++) {
      const { client, time } = await installation.start(MORNING + day * DAY);
      await time.advance(2 * MINUTE);
      const { drops, queued } = await look(client);
      expect(queued.length).toBeLessThanOrEqual(8);
      dropped.push(drops['too-old'] ?? 0);
      await client.stop();
    }
    expect(dropped).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
  });
});
