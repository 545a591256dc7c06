import { NONCE_BYTES, toBase64url } from '@dither/protocol';
import type { Answer, createClient } from '@dither/sdk';
import { memoryStorage } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { policy } from '../../src/policy.js';
import { enqueue, type MadeBatch, type QueuedBatch } from '../../src/queue.js';
import { agreed, DAY, HOUR, install, MINUTE, MORNING } from '../support/installation.js';
import { receipt, receiver } from '../support/receiver.js';
import { crashOnly } from '../support/registry.js';

function made(n: number, size: number): MadeBatch {
  const nonce = new Uint8Array(NONCE_BYTES).fill(n);
  return { nonce, day: 20_440, bytes: new Uint8Array(size), due: 0, reports: [] };
}

describe('the queue', () => {
  it('is bounded in bytes, and drops the oldest', () => {
    let queue: readonly QueuedBatch[] = [];
    let lost = 0;
    for (let n = 0; n < 60; n++) {
      const next = enqueue(queue, [made(n, 9000)]);
      queue = next.queue;
      lost += next.dropped;
      expect(queue.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThanOrEqual(policy.maxQueueBytes);
    }
    // 9,000 bytes are 12,000 letters, of which 262,144 hold 21.
    expect(queue.map(({ id }) => id)).toEqual(
      Array.from({ length: 21 }, (_, i) => toBase64url(new Uint8Array(NONCE_BYTES).fill(39 + i))),
    );
    expect(lost).toBe(39);
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
    expect(installation.texts.has('queue')).toBe(true);
    answer(receipt(installation.messages[0] as (typeof installation.messages)[number]));
    await waiting;
    expect(installation.texts.has('queue')).toBe(false);
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
    expect(installation.texts.has('queue')).toBe(false);
  });

  it('is emptied by one tab at a time', async () => {
    const far = receiver();
    const installation = install(crashOnly, { seed: 'tabs', receiver: far });
    const storage = memoryStorage(installation.texts);
    const share = { wrap: (platform: Parameters<typeof createClient>[0]['platform']) => ({ ...platform, storage }) };
    await (await installation.start(MORNING, share)).client.consent.grant();
    await installation.start(MORNING + DAY, share);
    const tabs = await Promise.all([1, 2, 3].map(() => installation.start(MORNING + DAY + 8 * HOUR, share)));
    for (const { time } of tabs) void time.advance(MINUTE);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(far.messages).toHaveLength(1);
    expect(installation.texts.has('queue')).toBe(false);
  });
});
