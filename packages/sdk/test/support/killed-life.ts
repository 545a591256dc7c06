import type { Storage } from '@dither/sdk';
import { fuse, gatedPlatform } from './fragile.js';
import { type AnyInstallation, DAY, HOUR, MINUTE, MORNING, SECOND, slowly } from './installation.js';

export interface KilledLife {
  readonly days: number;
  /** What is recorded in each visit. */
  readonly visit: (client: object) => void;
  /** What the storage does besides. */
  readonly wrap?: (storage: Storage) => Storage;
}

/**
 * Some days of an app that is killed before step number `killedAt` of all that reaches storage or network, and started
 * again at once.
 * @returns how many steps there were
 */
export async function liveAndDie(
  installation: AnyInstallation,
  killedAt: number,
  { days, visit, wrap = (storage) => storage }: KilledLife,
): Promise<number> {
  const line = fuse(killedAt);
  const open = async (at: number, length: number): Promise<void> => {
    const isMortal = !line.isBlown();
    const { client, time } = await installation.start(at, {
      wrap: (platform) => {
        const own = isMortal ? gatedPlatform(platform, line.gate) : platform;
        return slowly({ ...own, storage: wrap(own.storage) });
      },
    });
    if (client.consent.status !== 'granted') await client.consent.grant();
    visit(client);
    client.flushNow();
    await time.advance(length);
    await client.stop();
    if (isMortal && line.isBlown()) await open(at + SECOND, length);
  };
  for (let day = 0; day < days; day++) {
    await open(MORNING + day * DAY, 7 * HOUR);
    await open(MORNING + day * DAY + 8 * HOUR, 30 * MINUTE);
  }
  await open(MORNING + days * DAY, 7 * HOUR);
  return line.used();
}

/** Storage that keeps what is written to the ledger in memory until the batches that it paid for are written. */
export function lateLedger(storage: Storage): Storage {
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
      held = ledger.length > 0 ? ledger : held;
      await storage.write(now);
      if (!now.some(([key]) => key === 'queue')) return;
      await storage.write(held);
      held = [];
    },
  };
}
