import type { Answer, Platform } from '@dither/sdk';
import { memoryStorage } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { type Message, trimmed } from '../../src/log.js';
import { MAX_LOG_LENGTH } from '../../src/policy.js';
import { agreed, DAY, HOUR, install, MINUTE, MORNING, waitingIn } from '../support/installation.js';
import { receipt, receiver } from '../support/receiver.js';
import { crashOnly } from '../support/registry.js';

/** Messages of one size, the later ones being the newer. */
function log(count: number, size: number, more: Partial<Message> = {}): readonly Message[] {
  return Array.from({ length: count }, (_, n) => ({
    id: String(n),
    day: 20_440,
    body: 'A'.repeat(size),
    due: 0,
    tries: 0,
    ...more,
  }));
}

describe('the queue', () => {
  it('is bounded, and drops the oldest', () => {
    let lost = 0;
    const left = trimmed(log(60, 12_000), 20_440, () => lost++);
    // 262,144 letters are 21 times 12,000 and some.
    expect(MAX_LOG_LENGTH).toBe(262_144);
    expect(left.map(({ id }) => id)).toEqual(Array.from({ length: 21 }, (_, n) => String(39 + n)));
    expect(lost).toBe(39);
  });

  it('keeps what was sent for 90 days, within a bound of its own, and counts its end as no loss', () => {
    const sent = log(60, 12_000, { end: 'delivered', tries: 1 });
    const waiting = log(5, 12_000);
    const drop = () => expect.unreachable();
    const left = trimmed([...sent, ...waiting], 20_440 + 90, drop);
    expect(left.filter(({ end }) => end)).toHaveLength(21);
    expect(left.filter(({ end }) => !end)).toHaveLength(5);
    expect(trimmed(sent, 20_440 + 91, drop)).toEqual([]);
  });

  it('survives a stop in mid-upload: the answer that comes late still counts', async () => {
    let answer: (answer: Answer) => void = () => expect.unreachable();
    const installation = await agreed(crashOnly, MORNING, { seed: 'late-answer' });
    await (await installation.start(MORNING + DAY)).client.stop();
    const { client, time } = await installation.start(MORNING + DAY + 8 * HOUR, {
      wrap: (platform) => ({
        ...platform,
        async send(url, body) {
          await platform.send(url, body);
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      }),
    });
    const waiting = time.advance(MINUTE);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(installation.messages).toHaveLength(1);
    await client.stop();
    expect(waitingIn(installation.texts)).toHaveLength(1);
    answer(receipt(installation.messages[0] as (typeof installation.messages)[number]));
    await waiting;
    expect(waitingIn(installation.texts)).toEqual([]);
  });

  it('sends the same bytes again if the process ended before the answer', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'no-answer' });
    await (await installation.start(MORNING + DAY)).client.stop();
    const { time } = await installation.start(MORNING + DAY + 8 * HOUR, {
      wrap: (platform) => ({
        ...platform,
        async send(url, body) {
          await platform.send(url, body);
          return new Promise(() => undefined);
        },
      }),
    });
    void time.advance(MINUTE);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const again = await installation.start(MORNING + DAY + 9 * HOUR);
    await again.time.advance(MINUTE);
    const [first, second] = installation.messages;
    expect(installation.messages).toHaveLength(2);
    expect(second?.bytes).toEqual(first?.bytes);
    expect(waitingIn(installation.texts)).toEqual([]);
  });

  it('is emptied by one tab at a time', async () => {
    const far = receiver();
    const installation = install(crashOnly, { seed: 'tabs', receiver: far });
    const storage = memoryStorage(installation.texts);
    const share = { wrap: (platform: Platform) => ({ ...platform, storage }) };
    await (await installation.start(MORNING, share)).client.consent.grant();
    await installation.start(MORNING + DAY, share);
    const tabs = await Promise.all([1, 2, 3].map(() => installation.start(MORNING + DAY + 8 * HOUR, share)));
    for (const { time } of tabs) void time.advance(MINUTE);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(far.messages).toHaveLength(1);
    expect(waitingIn(installation.texts)).toEqual([]);
  });
});
