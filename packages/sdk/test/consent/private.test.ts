import type { Platform } from '@dither/sdk';
import { createClient } from '@dither/sdk';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, install, MINUTE, MORNING } from '../support/installation.js';
import { look } from '../support/look.js';
import { receiver } from '../support/receiver.js';
import { twoDaily } from '../support/registry.js';

describe('private mode', () => {
  it('records, writes and sends nothing, and leaves what is stored as it is', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'private' });
    await (await installation.start(MORNING + DAY)).client.stop();
    const stored = Object.fromEntries(installation.texts);
    expect(Object.keys(stored)).toContain('queue');
    const { client, time } = await installation.start(MORNING + DAY + 8 * HOUR, { privateMode: true });
    client.record('crash');
    client.flushNow();
    await client.flush();
    await client.consent.grant();
    await client.consent.withdraw();
    await time.advance(2 * DAY);
    await client.stop();
    expect(Object.fromEntries(installation.texts)).toEqual(stored);
    expect(installation.messages).toEqual([]);
    expect((await look(client)).drops).toEqual({ private: 1 });
  });

  it('touches neither storage nor network nor timers', async () => {
    const time = fakeTime(MORNING);
    const platform = testPlatform({ seed: 'untouched', time, send: receiver().send(time) });
    const touched = (): never => expect.unreachable();
    const walled: Platform = {
      ...platform,
      storage: {
        isDurable: true,
        read: touched,
        write: touched,
        lock: touched,
        notes: { append: touched, list: touched, remove: touched },
      },
      schedule: touched,
      send: touched,
    };
    const client = createClient({ registry: twoDaily, endpoint: 'memory://s', platform: walled, privateMode: true });
    await client.ready;
    client.record('crash');
    client.flushNow();
    await client.flush();
    await client.stop();
    expect(client.consent.status).toBe('unknown');
  });

  it('beside a normal window leaves the normal schedule untouched', async () => {
    const messagesOf = async (hasPrivateWindow: boolean) => {
      const installation = await agreed(twoDaily, MORNING, { seed: 'beside' });
      const { time } = await installation.start(MORNING + DAY);
      if (hasPrivateWindow) {
        // A window of its own draws from a source of its own.
        const beside = install(twoDaily, { seed: 'beside-private', texts: installation.texts });
        const { client } = await beside.start(MORNING + DAY, { privateMode: true });
        client.record('crash');
        await client.stop();
      }
      await time.advance(7 * HOUR);
      return installation.messages;
    };
    expect(await messagesOf(true)).toEqual(await messagesOf(false));
  });
});

describe('storage that is not durable', () => {
  it('lets nothing be recorded or sent', async () => {
    const installation = install(twoDaily, { seed: 'not-durable' });
    const { client, time } = await installation.start(MORNING, {
      wrap: (platform) => ({ ...platform, storage: { ...platform.storage, isDurable: false } }),
    });
    client.record('crash');
    await time.advance(10 * MINUTE);
    expect(installation.texts.size).toBe(0);
    expect((await look(client)).drops).toEqual({ 'storage-failed': 1 });
  });
});
