import { describe, expect, it } from 'vitest';
import { install, ledgerIn, recordUntyped } from '../support/installation.js';
import { type KilledLife, lateLedger, liveAndDie } from '../support/killed-life.js';
import { broken, promisedBy } from '../support/promises.js';
import { keysOf, reportsIn } from '../support/receiver.js';
import { twoDaily } from '../support/registry.js';

const DAYS = 3;
const promised = promisedBy(twoDaily);

const life: KilledLife = {
  days: DAYS,
  visit(client) {
    recordUntyped(client, 'crash');
    recordUntyped(client, 'clicks', 3);
  },
};

async function stepsOfAnUndisturbedLife(): Promise<number> {
  return liveAndDie(install(twoDaily, { seed: 'undisturbed' }), Number.POSITIVE_INFINITY, life);
}

describe('a ledger that debits before it randomizes', () => {
  it('keeps every promise, at whichever write or send the app is killed', async () => {
    const steps = await stepsOfAnUndisturbedLife();
    expect(steps).toBeGreaterThan(25);
    const lost: number[] = [];
    for (let killedAt = 0; killedAt < steps; killedAt++) {
      const installation = install(twoDaily, { seed: `killed-at-${killedAt}` });
      await liveAndDie(installation, killedAt, life);
      const { spent } = ledgerIn(installation.texts);
      expect(broken(installation.messages, [twoDaily], promised, spent), `killed at ${killedAt}`).toEqual([]);
      // Three days of two metrics; only what was debited and not yet queued may be missing.
      expect(spent).toBe(DAYS * 500_000);
      lost.push(2 * DAYS - keysOf(reportsIn(installation.messages, twoDaily)).length);
    }
    expect(Math.max(...lost)).toBe(2);
    // Between the debit and the queue lies one write, of what is open.
    expect(lost.filter((reports) => reports > 0).length).toBeLessThanOrEqual(2 * DAYS);
  });

  it('is what keeps them: with a storage that writes the ledger last, killing sends more than it says', async () => {
    const found = new Set<string>();
    const steps = await stepsOfAnUndisturbedLife();
    for (let killedAt = 0; killedAt < steps; killedAt++) {
      const installation = install(twoDaily, { seed: `late-${killedAt}` });
      // A ledger that is held back dies with the process.
      await liveAndDie(installation, killedAt, { ...life, wrap: lateLedger });
      const { spent } = ledgerIn(installation.texts);
      for (const fault of broken(installation.messages, [twoDaily], promised, spent))
        found.add(fault.split(':')[0] ?? '');
    }
    expect([...found]).toEqual(['ledger']);
  });
});
