import type { Storage } from '@dither/sdk';
import { describe, expect, it } from 'vitest';
import { fuse, gatedPlatform } from '../support/fragile.js';
import {
  type AnyInstallation,
  DAY,
  HOUR,
  install,
  ledgerIn,
  MORNING,
  recordUntyped,
  SECOND,
} from '../support/installation.js';
import { broken, promisedBy } from '../support/promises.js';
import { keysOf, reportsIn } from '../support/receiver.js';
import { twoDaily } from '../support/registry.js';

const DAYS = 3;
const promised = promisedBy(twoDaily);

/**
 * Three days of an app that is killed before step number `killedAt` of all that reaches storage or network, and
 * started again at once.
 * @param wrap - what the storage does besides
 * @returns how many steps there were
 */
async function live(
  installation: AnyInstallation,
  killedAt: number,
  wrap: (storage: Storage) => Storage = (storage) => storage,
): Promise<number> {
  const line = fuse(killedAt);
  const visit = async (at: number, length: number): Promise<void> => {
    const isMortal = !line.isBlown();
    const { client, time } = await installation.start(at, {
      wrap: (platform) => {
        const own = isMortal ? gatedPlatform(platform, line.gate) : platform;
        return { ...own, storage: wrap(own.storage) };
      },
    });
    if (client.consent.status !== 'granted') await client.consent.grant();
    recordUntyped(client, 'crash');
    recordUntyped(client, 'clicks', 3);
    client.flushNow();
    await time.advance(length);
    await client.stop();
    if (isMortal && line.isBlown()) await visit(at + SECOND, length);
  };
  for (let day = 0; day < DAYS; day++) {
    await visit(MORNING + day * DAY, 7 * HOUR);
    await visit(MORNING + day * DAY + 8 * HOUR, 70 * SECOND);
  }
  await visit(MORNING + DAYS * DAY, 7 * HOUR);
  return line.used();
}

async function stepsOfAnUndisturbedLife(): Promise<number> {
  return live(install(twoDaily, { seed: 'undisturbed' }), Number.POSITIVE_INFINITY);
}

describe('a ledger that debits before it randomizes', () => {
  it('keeps every promise, at whichever write or send the app is killed', async () => {
    const steps = await stepsOfAnUndisturbedLife();
    expect(steps).toBeGreaterThan(40);
    const lost: number[] = [];
    for (let killedAt = 0; killedAt < steps; killedAt++) {
      const installation = install(twoDaily, { seed: `killed-at-${killedAt}` });
      await live(installation, killedAt);
      const { spent } = ledgerIn(installation.texts);
      expect(broken(installation.messages, [twoDaily], promised, spent), `killed at ${killedAt}`).toEqual([]);
      // Three days of two metrics; only what was debited and not yet queued may be missing.
      expect(spent).toBe(DAYS * 500_000);
      lost.push(2 * DAYS - keysOf(reportsIn(installation.messages, twoDaily)).length);
    }
    expect(Math.max(...lost)).toBe(2);
    expect(lost.filter((reports) => reports > 0).length).toBeLessThanOrEqual(DAYS);
  });

  it('is what keeps them: with a storage that writes the ledger last, killing reports a period twice', async () => {
    const late = (storage: Storage): Storage => {
      let held: readonly (readonly [string, string | undefined])[] = [];
      return {
        ...storage,
        async read(keys) {
          const texts = await storage.read(keys);
          return { ...texts, ...Object.fromEntries(held.filter(([key]) => (keys as readonly string[]).includes(key))) };
        },
        async write(entries) {
          const now = entries.filter(([key]) => key !== 'ledger');
          const ledger = entries.filter(([key]) => key === 'ledger');
          if (now.length > 0) {
            await storage.write(now);
            await storage.write(held);
            held = [];
          }
          held = ledger.length > 0 ? ledger : held;
        },
      };
    };
    const found = new Set<string>();
    const steps = await stepsOfAnUndisturbedLife();
    for (let killedAt = 0; killedAt < steps; killedAt++) {
      const installation = install(twoDaily, { seed: `late-${killedAt}` });
      // A ledger that is held back dies with the process.
      await live(installation, killedAt, late);
      const { spent } = ledgerIn(installation.texts);
      for (const fault of broken(installation.messages, [twoDaily], promised, spent))
        found.add(fault.split(':')[0] ?? '');
    }
    expect([...found].sort()).toEqual(['ledger', 'second report']);
  });
});
