import { createClient } from '@dither/sdk';
import { fakeTime, testApp, testPlatform } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { type Message, trimmed } from '../src/log.js';
import { MAX_LOG_LENGTH } from '../src/policy.js';
import { agreed, DAY, HOUR, ledgerIn, MINUTE, MORNING } from './support/installation.js';
import { look } from './support/look.js';
import { receipt, receiver } from './support/receiver.js';
import { crashOnly, twoDaily } from './support/registry.js';

/** What a stern reader found once. */

describe('withdrawal while a try is being noted', () => {
  it('lets nothing leave', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'withdrawn' });
    await (await installation.start(MORNING + DAY)).client.stop();
    let withdraw = (): unknown => undefined;
    const { client, time } = await installation.start(MORNING + DAY + 8 * HOUR, {
      wrap: (platform) => ({
        ...platform,
        storage: {
          ...platform.storage,
          async write(entries) {
            await platform.storage.write(entries);
            if (entries.some(([key, text]) => key === 'queue' && text?.includes('"tries":1'))) withdraw();
          },
        },
      }),
    });
    withdraw = () => void client.consent.withdraw();
    await time.advance(2 * MINUTE);
    expect(installation.messages).toEqual([]);
  });
});

describe('a queue without room', () => {
  const message = (n: number, more: Partial<Message>): Message => ({
    id: String(n),
    day: 20_440,
    body: 'A'.repeat(MAX_LOG_LENGTH / 2),
    due: 0,
    tries: 0,
    ...more,
  });

  it('keeps in sight what may have left, and forgets the rest', () => {
    const drops: string[] = [];
    const log = [message(1, { tries: 2 }), message(2, {}), message(3, {}), message(4, {})];
    const left = trimmed(log, 20_440, (reason) => drops.push(reason));
    expect(left.map(({ id, end }) => [id, end])).toEqual([
      ['1', 'too-old'],
      ['3', undefined],
      ['4', undefined],
    ]);
    expect(drops).toEqual(['queue-full', 'queue-full']);
  });
});

describe('the log of what was sent', () => {
  it('is forgotten after 90 days, also if nothing is sent any more', async () => {
    const app = await testApp({ registry: crashOnly });
    await app.endPeriod();
    expect((await app.inspect()).messages).toHaveLength(1);
    // Not run for so long: the period of today alone is reported, and it is not due.
    await app.client.stop();
    const texts = app.time.clock.wall() + 95 * DAY;
    app.time.setWall(texts);
    await app.restart();
    await app.time.advance(2 * MINUTE);
    const { messages } = await app.inspect();
    expect(messages.every(({ day }) => texts / DAY - day <= 91)).toBe(true);
  });
});

describe('a listener that throws', () => {
  it('keeps no withdrawal from being carried out, and no step from its work', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'listener' });
    const { client } = await installation.start(MORNING + HOUR);
    client.consent.subscribe(() => {
      throw new Error('the app’s own');
    });
    await client.consent.withdraw();
    expect(JSON.parse(installation.texts.get('consent') ?? '{}')).toMatchObject({ status: 'denied' });
    expect((await look(client)).drops).toEqual({});
  });
});

describe('flush and stop', () => {
  it('wait for a write that is under way', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'under-way' });
    const { client } = await installation.start(MORNING + HOUR);
    client.record('crash');
    void client.flush();
    await client.flush();
    expect(installation.texts.get('open')).toContain('"value":1');
  });
});

describe('a privacy signal that is switched on while the app runs', () => {
  it('counts from the next tick on', async () => {
    let globalPrivacyControl = false;
    const installation = await agreed(crashOnly, MORNING, { seed: 'signal' });
    const { client, time } = await installation.start(MORNING + HOUR, {
      wrap: (platform) => ({
        ...platform,
        get globalPrivacyControl() {
          return globalPrivacyControl;
        },
      }),
    });
    expect(client.consent.status).toBe('granted');
    globalPrivacyControl = true;
    await time.advance(MINUTE);
    expect(client.consent.status).toBe('denied');
    expect(installation.texts.has('open')).toBe(false);
  });
});

describe('a value in storage that is none of the metric’s', () => {
  it('costs its own report, and no other', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'out-of-range' });
    const { client } = await installation.start(MORNING + HOUR);
    client.record('crash');
    await client.stop();
    installation.texts.set('open', (installation.texts.get('open') ?? '').replace('"value":1', '"value":7'));
    const { client: next, time } = await installation.start(MORNING + DAY);
    await time.advance(7 * HOUR);
    expect(installation.messages).toHaveLength(1);
    expect((await look(next)).drops).toEqual({ 'storage-failed': 1 });
    expect(ledgerIn(installation.texts).spent).toBe(500_000);
  });
});

describe('a consent that cannot be read', () => {
  it('is none: nothing is sent, and the person can withdraw or agree anew', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'unreadable' });
    await (await installation.start(MORNING + HOUR)).client.stop();
    installation.texts.set('consent', '{"status":');
    const { client } = await installation.start(MORNING + DAY);
    expect(client.consent.status).toBe('unknown');
    await client.consent.withdraw();
    expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger']);
    await client.consent.grant();
    expect(client.consent.status).toBe('granted');
  });
});

describe('leaving a page', () => {
  it('sends at the same moment whether or not anything was recorded', async () => {
    const accesses = async (isUsed: boolean): Promise<number> => {
      const installation = await agreed(crashOnly, MORNING, { seed: 'leaving' });
      await (await installation.start(MORNING + DAY)).client.stop();
      let hide = (): void => undefined;
      let count = 0;
      let atSend = -1;
      const time = fakeTime(MORNING + DAY + 2 * HOUR);
      const far = receiver(receipt);
      const plain = testPlatform({ seed: 'same', time, texts: installation.texts, send: far.send(time) });
      const client = createClient({
        registry: crashOnly,
        endpoint: 'memory://server',
        platform: {
          ...plain,
          onHide(listener) {
            hide = listener;
            return () => undefined;
          },
          storage: {
            ...plain.storage,
            async read(keys) {
              count++;
              return plain.storage.read(keys);
            },
            async write(entries) {
              count++;
              return plain.storage.write(entries);
            },
          },
          async send(url, body) {
            atSend = count;
            return plain.send(url, body);
          },
        },
      });
      await client.ready;
      await time.advance(61_000);
      time.setWall(MORNING + 2 * DAY - HOUR);
      count = 0;
      if (isUsed) client.record('crash');
      hide();
      for (let i = 0; i < 50; i++) await Promise.resolve();
      await client.flush();
      return atSend;
    };
    const [unused, used] = [await accesses(false), await accesses(true)];
    expect(unused).toBeGreaterThan(0);
    expect(used).toBe(unused);
  });
});
