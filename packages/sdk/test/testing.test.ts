import { ClientError, createClient } from '@dither/sdk';
import { fakeTime, seededSource, testPlatform } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, MORNING } from './support/installation.js';
import { look } from './support/look.js';
import { receipt, receiver } from './support/receiver.js';
import { crashOnly } from './support/registry.js';

describe('a seeded platform', () => {
  const far = receiver();
  const time = fakeTime(MORNING);
  const platform = testPlatform({
    seed: 'loopback',
    time,
    send: async (url) => ({ status: 200, contentType: url, body: '' }),
  });

  it.each(['memory://server', 'http://localhost:8080', 'http://127.0.0.1', 'https://127.8.9.1:1', 'http://[::1]:80'])(
    'sends to %s',
    async (endpoint) => {
      expect((await platform.send(`${endpoint}/v1/reports`, new Uint8Array())).status).toBe(200);
    },
  );

  it.each([
    'https://telemetry.example.org',
    'http://localhost.example.org',
    'http://127.0.0.1.example.org',
    'http://localhost@example.org',
    'http://example.org/http://localhost/',
    'http://192.168.1.1',
  ])('refuses to send to %s', async (endpoint) => {
    await expect(platform.send(`${endpoint}/v1/reports`, new Uint8Array())).rejects.toMatchObject({
      name: ClientError.name,
      code: 'seeded-source-not-on-loopback',
    });
  });

  it('is refused by a client of another machine, however the platform was put together', async () => {
    const elsewhere = fakeTime(MORNING + DAY);
    const seeded = testPlatform({ seed: 'x', time: elsewhere, send: far.send(elsewhere) });
    const byHand = { ...seeded, source: seededSource('by hand'), send: far.send(elsewhere) };
    for (const platform of [seeded, byHand]) {
      const create = () => createClient({ registry: crashOnly, endpoint: 'https://telemetry.example.org', platform });
      expect(create).toThrow(expect.objectContaining({ code: 'seeded-source-not-on-loopback' }));
    }
    await elsewhere.advance(12 * HOUR);
    expect(far.messages).toEqual([]);
  });

  it('says the same again from the same seed', () => {
    const words = (seed: string) =>
      Array.from(
        { length: 100 },
        (
          (source) => () =>
            source.next()
        )(seededSource(seed)),
      );
    expect(words('a')).toEqual(words('a'));
    expect(words('a')).not.toEqual(words('b'));
  });
});

describe('the fake clock', () => {
  it('runs what falls due in order, one after the other, and lets it be cancelled', async () => {
    const time = fakeTime(1000);
    const ran: (readonly [string, number])[] = [];
    const note = (name: string) => async () => {
      await Promise.resolve();
      ran.push([name, time.clock.wall()]);
      if (name === 'b') time.schedule(5, note('after b'));
    };
    time.schedule(30, note('c'));
    time.schedule(10, note('a'));
    time.schedule(20, note('b'));
    time.schedule(15, note('cancelled'))();
    await time.advance(29);
    expect(ran).toEqual([
      ['a', 1010],
      ['b', 1020],
      ['after b', 1025],
    ]);
    time.setWall(0);
    await time.advance(1);
    expect(ran.at(-1)).toEqual(['c', 1]);
    expect(time.clock.monotonic()).toBe(30);
  });
});

describe('inspect', () => {
  it('shows the very bytes that are sent, and decodes them', async () => {
    const sent = receiver(receipt);
    const installation = await agreed(crashOnly, MORNING, { seed: 'inspect', receiver: sent });
    const { client, time } = await installation.start(MORNING + DAY);
    client.record('crash');
    await client.flush();
    const { queued, open, spent, bound, reporting } = await look(client);
    expect(queued[0]?.reports).toEqual([
      { metric: 'crash', window: 20_440, bytes: expect.any(Uint8Array), epsilon: 10 },
    ]);
    expect(open).toEqual([{ metric: 'crash', start: 20_441, value: 'yes' }]);
    expect(spent).toEqual({
      inWindow: 10,
      inLifetime: 10,
      byMetric: { crash: { inWindow: 10, inLifetime: 10 } },
    });
    expect(bound.perWindow).toBe(280);
    expect(reporting).toEqual(['crash']);
    await time.advance(7 * HOUR);
    expect(sent.messages[0]?.bytes).toEqual(queued[0]?.bytes);
    expect(sent.messages[0]?.url).toBe('memory://server/v1/reports');
    expect((await look(client)).queued).toEqual([]);
  });
});
