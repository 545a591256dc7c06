import type { Storage } from '@dither/sdk';
import { describe, expect, it } from 'vitest';
import { install, MORNING, SECOND } from '../support/installation.js';
import { everyAggregate } from '../support/registry.js';

/** Counts the calls of `write`. */
function counting(storage: Storage): { readonly storage: Storage; readonly writes: () => number } {
  let calls = 0;
  return {
    writes: () => calls,
    storage: {
      ...storage,
      write(entries) {
        calls++;
        return storage.write(entries);
      },
    },
  };
}

const IDS = ['clicks', 'first-paint', 'last-paint', 'slowest', 'memory'] as const;

describe('what is kept of a period', () => {
  it('has the same bound after a hundred thousand events as after a hundred', async () => {
    const installation = install(everyAggregate, { seed: 'bounded' });
    const { client, time } = await installation.start(MORNING);
    await client.consent.grant();
    const sizeAfter = async (events: number): Promise<number> => {
      for (let i = 0; i < events; i++) client.record(IDS[i % IDS.length] as 'clicks', i % 97);
      await time.advance(SECOND);
      return (installation.texts.get('open') as string).length;
    };
    const few = await sizeAfter(100);
    const many = await sizeAfter(100_000);
    // A count of events grows by digits; nothing else does.
    expect(many).toBeLessThan(few + 100);
    expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger', 'open']);
  });

  it('is written at most once a second, however many events there are', async () => {
    const installation = install(everyAggregate, { seed: 'coalesced' });
    let writes = (): number => 0;
    const { client, time } = await installation.start(MORNING, {
      wrap(platform) {
        const counted = counting(platform.storage);
        writes = counted.writes;
        return { ...platform, storage: counted.storage };
      },
    });
    await client.consent.grant();
    const before = writes();
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < 50; j++) client.record('memory', j);
      await time.advance(SECOND / 10);
    }
    expect(writes() - before).toBeGreaterThan(5);
    expect(writes() - before).toBeLessThanOrEqual(10);
  });

  it('keeps being written after a crash note was', async () => {
    const installation = install(everyAggregate, { seed: 'after-note' });
    const { client, time } = await installation.start(MORNING);
    await client.consent.grant();
    client.record('clicks', 3);
    client.flushNow();
    await time.advance(2 * SECOND);
    client.record('clicks', 4);
    await time.advance(SECOND);
    expect(installation.texts.get('open')).toMatch(/"value":[47]/);
  });

  it('holds indexes, never a value as it was recorded', async () => {
    const installation = install(everyAggregate, { seed: 'indexes' });
    const { client, time } = await installation.start(MORNING);
    await client.consent.grant();
    client.record('theme', 'system');
    client.record('last-paint', 1234.5678);
    client.record('memory', 76.54321);
    await time.advance(SECOND);
    client.record('pick', 'c');
    client.flushNow();
    const stored = [...installation.texts.values()].join('\n');
    for (const value of ['system', '1234', '76.5', '"c"']) expect(stored).not.toContain(value);
    const { records } = JSON.parse(installation.texts.get('open') as string) as { records: Record<string, object[]> };
    for (const record of Object.values(records).flat()) {
      expect(['start', 'fingerprint', 'value', 'events']).toEqual(expect.arrayContaining(Object.keys(record)));
    }
  });
});
