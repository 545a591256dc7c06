import { defineRegistry, type Storage, text } from '@dither/sdk';
import { describe, expect, it } from 'vitest';
import { install, ledgerIn, recordUntyped } from '../support/installation.js';
import { type KilledLife, lateLedger, liveAndDie } from '../support/killed-life.js';
import { traced, withoutLatches } from '../support/latched.js';
import { broken, promisedBy } from '../support/promises.js';
import { keysOf, reportsIn } from '../support/receiver.js';
import { about } from '../support/registry.js';

/** Two days are an epoch, which costs .19. */
const brief = defineRegistry({
  app: 'org.example.brief',
  expectedClients: 1000,
  budget: { perWindow: 6, lifetime: 100 },
  metrics: {
    homepage: text({ ...about, mechanism: traced, latch: { epsilonFirst: 0.1, epsilonInfinity: 1, epoch: 2 } }),
    search: text({ ...about, mechanism: traced, latch: { epsilonFirst: 0.1, epsilonInfinity: 1, epoch: 2 } }),
  },
});
const DAYS = 3;
const life: KilledLife = {
  days: DAYS,
  visit(client) {
    recordUntyped(client, 'homepage', 'a.example');
    recordUntyped(client, 'search', 'b.example');
  },
};

async function stepsOfAnUndisturbedLife(): Promise<number> {
  return liveAndDie(install(brief, { seed: 'undisturbed' }), Number.POSITIVE_INFINITY, life);
}

/** What was broken and how many reports are missing, by the step before which the app was killed. */
async function deaths(life: KilledLife) {
  const steps = await stepsOfAnUndisturbedLife();
  const found = [];
  for (let killedAt = 0; killedAt < steps; killedAt++) {
    const installation = install(brief, { seed: `killed-at-${killedAt}` });
    await liveAndDie(installation, killedAt, life);
    const { spent } = ledgerIn(installation.texts);
    const faults = broken(installation.messages, [brief], promisedBy(brief), spent);
    found.push({ faults, spent, lost: 2 * DAYS - keysOf(reportsIn(installation.messages, brief)).length });
  }
  return found;
}

const kindsOf = (found: readonly { readonly faults: readonly string[] }[]): readonly (string | undefined)[] =>
  [...new Set(found.flatMap(({ faults }) => faults.map((fault) => fault.split(':')[0])))].sort();

describe('an epoch that is debited before it is latched', () => {
  it('has one permanent answer and one charge, at whichever write or send the app is killed', async () => {
    const found = await deaths(life);
    expect(found.length).toBeGreaterThan(25);
    for (const { faults, spent, lost } of found) {
      expect(faults).toEqual([]);
      // Two epochs of two metrics.
      expect(spent).toBe(4 * 190_000);
      // What was debited and not stored is silent for all of the epoch: two reports of both metrics.
      expect([0, 2, 4]).toContain(lost);
    }
    // Between the debit and what is latched lies one write, of what is open.
    expect(found.filter(({ lost }) => lost === 4)).toHaveLength(2);
    expect(found.filter(({ lost }) => lost > 0).length).toBeLessThanOrEqual(3 * DAYS);
  });

  it('is what keeps them: with a storage that writes the ledger last, killing spends more than it says', async () => {
    const found = await deaths({ ...life, wrap: lateLedger });
    expect(kindsOf(found)).toEqual(['ledger']);
  });

  it('and stored before it is reported: a storage that forgets both answers anew after each restart', async () => {
    const forgetful = (storage: Storage): Storage => ({
      ...storage,
      write: (entries) =>
        storage.write(
          entries.filter(([key]) => key !== 'latch').map(([key, text]) => [key, withoutLatches(text)] as const),
        ),
    });
    const installation = install(brief, { seed: 'forgetful' });
    await liveAndDie(installation, Number.POSITIVE_INFINITY, { ...life, wrap: forgetful });
    const { spent } = ledgerIn(installation.texts);
    expect(kindsOf([{ faults: broken(installation.messages, [brief], promisedBy(brief), spent) }])).toEqual([
      'second answer',
    ]);
  });
});
