import type { Declarations } from '@dither/protocol';
import { memoryStorage } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { gatedPlatform } from '../support/fragile.js';
import {
  agreed,
  DAY,
  HOUR,
  type Installation,
  install,
  ledgerIn,
  MINUTE,
  MORNING,
  SECOND,
} from '../support/installation.js';
import { look } from '../support/look.js';
import { twoDaily } from '../support/registry.js';

/** Two tabs: clients over one storage. */
async function twoTabs<D extends Declarations>(installation: Installation<D>, at: number) {
  const storage = memoryStorage(installation.texts);
  const open = () => installation.start(at, { wrap: (platform) => ({ ...platform, storage }) });
  return [await open(), await open()] as const;
}

describe('consent that was never asked for', () => {
  it('is unknown: nothing is recorded, written or sent', async () => {
    const installation = install(twoDaily, { seed: 'unknown' });
    for (let day = 0; day < 5; day++) {
      const { client, time } = await installation.start(MORNING + day * DAY);
      expect(client.consent.status).toBe('unknown');
      client.record('crash');
      client.flushNow();
      await client.flush();
      await time.advance(7 * HOUR);
      expect((await look(client)).drops).toEqual({ 'no-consent': 1 });
      await client.stop();
    }
    expect(installation.texts.size).toBe(0);
    expect(installation.messages).toEqual([]);
  });

  it('is told the sum over all metrics before it is asked', async () => {
    const { client } = await install(twoDaily, { seed: 'bound' }).start(MORNING);
    expect(client.consent.bound).toEqual({ perWindow: 14, windowDays: 28, lifetime: 100 });
  });
});

describe('withdrawal', () => {
  it('erases everything but what was spent', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'withdraw' });
    const { client, time } = await installation.start(MORNING + DAY);
    client.record('crash');
    await time.advance(2 * SECOND);
    client.record('clicks', 5);
    client.flushNow();
    client.record('clicks', 2);
    const { ledger } = Object.fromEntries(installation.texts);
    expect([...installation.texts.keys()].map((key) => key.replace(/\d+/, ''))).toEqual(
      expect.arrayContaining(['consent', 'ledger', 'note:', 'open', 'queue']),
    );
    await client.consent.withdraw();
    expect(client.consent.status).toBe('denied');
    expect(Object.fromEntries(installation.texts)).toEqual({
      consent: '{"status":"denied","app":"org.example.two","grants":1}',
      ledger,
    });
    expect(ledgerIn(installation.texts).spent).toBe(500_000);

    client.record('crash');
    client.flushNow();
    await time.advance(DAY);
    await client.stop();
    expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger']);
    expect(installation.messages).toEqual([]);
  });

  it('reaches the other tab', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'other-tab' });
    const [one, two] = await twoTabs(installation, MORNING + DAY);
    two.client.record('crash');
    await one.client.consent.withdraw();
    // A crash before the other tab has noticed leaves a note; it is erased like the rest.
    two.client.flushNow();
    await two.time.advance(2 * MINUTE);
    expect(two.client.consent.status).toBe('denied');
    two.client.record('crash');
    two.client.flushNow();
    await two.time.advance(DAY);
    expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger']);
    expect(installation.messages).toEqual([]);
    expect((await look(two.client)).drops).toEqual({ 'no-consent': 1 });
  });

  it('stops an upload of the other tab before the next batch', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'mid-upload' });
    for (const day of [1, 2]) {
      const { client } = await installation.start(MORNING + day * DAY);
      await client.stop();
    }
    const storage = memoryStorage(installation.texts);
    const share = { wrap: (platform: Parameters<typeof gatedPlatform>[0]) => ({ ...platform, storage }) };
    const other = await installation.start(MORNING + 2 * DAY + 8 * HOUR, share);
    let withdrawn: Promise<void> | undefined;
    const { time } = await installation.start(MORNING + 2 * DAY + 8 * HOUR, {
      wrap: (platform) => ({
        ...platform,
        storage,
        async send(url, body) {
          withdrawn ??= other.client.consent.withdraw();
          await withdrawn;
          return platform.send(url, body);
        },
      }),
    });
    await time.advance(MINUTE);
    expect(withdrawn).toBeDefined();
    expect(installation.messages).toHaveLength(1);
  });

  it('in the middle of a write wins over it', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'race' });
    const { client, time } = await installation.start(MORNING + HOUR);
    for (let i = 0; i < 20; i++) {
      client.record('clicks');
      const writing = client.flush();
      for (let wait = 0; wait < i; wait++) await Promise.resolve();
      await client.consent.withdraw();
      await writing;
      expect(client.consent.status).toBe('denied');
      expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger']);
      await client.consent.grant();
      expect(client.consent.status).toBe('granted');
    }
    await time.advance(SECOND);
  });

  it('that storage refuses silences at once, and is made up for as soon as storage works', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'refused' });
    let isFull = false;
    const { client, time } = await installation.start(MORNING + DAY, {
      wrap: (platform) =>
        gatedPlatform(platform, (step) => {
          if (isFull && step === 'write') throw new Error('no space left on device');
        }),
    });
    isFull = true;
    await client.consent.withdraw();
    expect(client.consent.status).toBe('denied');
    await time.advance(8 * HOUR);
    expect(client.consent.status).toBe('denied');
    expect(installation.messages).toEqual([]);
    expect((await look(client)).drops['storage-failed']).toBeGreaterThan(0);
    isFull = false;
    await time.advance(2 * MINUTE);
    expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger']);
    await client.consent.grant();
    expect(client.consent.status).toBe('granted');
  });

  it('and a new consent count the same period once', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'toggle' });
    const { client } = await installation.start(MORNING + HOUR);
    for (let i = 0; i < 5; i++) {
      client.record('clicks');
      await client.consent.withdraw();
      await client.consent.grant();
    }
    expect((await look(client)).open.map(({ value }) => value)).toEqual(['nothing yet', 'nothing yet']);
    await client.stop();
    await installation.start(MORNING + DAY);
    await installation.start(MORNING + DAY + HOUR);
    expect(ledgerIn(installation.texts).spent).toBe(500_000);
  });
});

describe('a client that was stopped', () => {
  it('records nothing more, and says so', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'stopped' });
    const { client, time } = await installation.start(MORNING + HOUR);
    client.record('clicks', 4);
    await client.stop();
    const stored = Object.fromEntries(installation.texts);
    client.record('clicks', 4);
    client.flushNow();
    await client.flush();
    await client.consent.grant();
    await time.advance(DAY);
    expect(Object.fromEntries(installation.texts)).toEqual(stored);
    expect((await look(client)).drops).toEqual({ stopped: 1 });
  });
});
