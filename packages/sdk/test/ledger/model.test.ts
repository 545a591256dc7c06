import { dayOf } from '@dither/protocol';
import type { Storage } from '@dither/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutLatches } from '../support/latched.js';
import { live, type Variant } from '../support/model.js';
import { habits, keepsEveryPromise, tellsNothing } from '../support/model-versions.js';

const options = { seed: 2026, numRuns: 200 } as const;

interface OpenRecord {
  readonly start: number;
  readonly value?: unknown;
}

type Entry = readonly [key: string, text: string | undefined];

/** A build that does something else with its storage. */
function storing(change: (storage: Storage) => Partial<Storage>): Variant {
  return { platform: (platform) => ({ ...platform, storage: { ...platform.storage, ...change(platform.storage) } }) };
}

/** One that writes something else. */
function writing(change: (entries: readonly Entry[]) => readonly Entry[]): Variant {
  return storing((storage) => ({ write: (entries) => storage.write(change(entries)) }));
}

/** One that writes another text under a key. */
function rewriting(key: string, change: (text: string) => string): Variant {
  return writing((entries) =>
    entries.map(([own, text]) => [own, own === key && text !== undefined ? change(text) : text] as const),
  );
}

/** Storage to which the ledger goes when all else of a step is there. */
function debitingLast(storage: Storage): Partial<Storage> {
  let held: readonly Entry[] = [];
  return {
    async write(entries) {
      const ledger = entries.filter(([key]) => key === 'ledger');
      held = ledger.length > 0 ? ledger : held;
      await storage.write(entries.filter(([key]) => key !== 'ledger'));
    },
    lock: (name, task) =>
      storage.lock(name, async () => {
        held = [];
        const result = await task();
        await storage.write(held);
        return result;
      }),
  };
}

/** A ledger whose epochs cost what one report does. */
function chargingOne(text: string): string {
  const ledger = JSON.parse(text) as { spent: number; charges: [number, string, number | number[], number?][] };
  for (const charge of ledger.charges) {
    const [, , table] = charge;
    if (typeof table === 'number') continue;
    ledger.spent -= (table.at(-1) ?? 0) - (table[0] ?? 0);
    charge[2] = table[0] ?? 0;
    charge.length = 3;
  }
  return JSON.stringify(ledger);
}

/** A build that skips a period in which nothing happened, once it has ended. */
const skippingNothing: Variant = {
  platform: ({ storage, clock, ...platform }) => ({
    ...platform,
    clock,
    storage: {
      ...storage,
      async read(keys) {
        const texts = await storage.read(keys);
        const { open: text } = texts as { readonly open?: string };
        if (text === undefined) return texts;
        const open = JSON.parse(text) as { records: { [metric: string]: OpenRecord[] } };
        for (const [id, records] of Object.entries(open.records)) {
          open.records[id] = records.filter(({ start, value }) => value !== undefined || start >= dayOf(clock.wall()));
        }
        return { ...texts, open: JSON.stringify(open) };
      },
    },
  }),
};

/** What the first history that breaks a variant breaks. */
async function faultsOf(variant: Variant): Promise<string> {
  const { failed, counterexample } = await fc.check(keepsEveryPromise(variant), { ...options, endOnFailure: true });
  if (!failed || counterexample === null) return 'none';
  const [pair, all, seed] = counterexample;
  return (await live(pair, all, String(seed), variant)).faults.join(', ');
}

describe('whatever happens to an installation', () => {
  it('keeps every promise: through events, crashes, jumps of the clock, versions, consents and a failing disk', async () => {
    await fc.assert(keepsEveryPromise(), options);
  });

  it.each<[name: string, fault: RegExp, variant: Variant]>([
    ['the debit did not reach the disk', /ledger: says 0/, writing((all) => all.filter(([key]) => key !== 'ledger'))],
    ['it debited after it had randomized', /ledger: says/, storing(debitingLast)],
    ['only the first report of an epoch was charged', /ledger: says|budget window/, rewriting('ledger', chargingOne)],
    [
      'withdrawal erased the ledger, too',
      /ledger went back/,
      writing((all) =>
        all.some(([key, text]) => key === 'consent' && text?.includes('denied'))
          ? [...all, ['ledger', undefined]]
          : all,
      ),
    ],
    [
      'withdrawal left what waits',
      /left after withdrawal: queue/,
      writing((all) => all.filter(([key, text]) => key !== 'queue' || text !== undefined)),
    ],
    [
      'the ledger forgot what was latched, and it was latched anew',
      /second answer/,
      writing((all) => all.map(([key, text]) => [key, withoutLatches(text)] as const)),
    ],
    [
      'two tabs took steps at once',
      /second report|second answer|ledger/,
      storing(() => ({ lock: (_name, task) => task() })),
    ],
    [
      'a retry was randomized anew',
      /changed bytes/,
      {
        platform(platform) {
          let sends = 0;
          return {
            ...platform,
            send(url, body) {
              const other = body.slice();
              other[other.length - 1] = sends++ % 2;
              return platform.send(url, other);
            },
          };
        },
      },
    ],
  ])('would be seen not to, if %s', async (_name, fault, variant) => {
    expect(await faultsOf(variant)).toMatch(fault);
  });
});

describe('how many messages there are, how long they are, and when they leave', () => {
  it('is the same whatever is recorded: other texts, more events, none, mistakes', async () => {
    await fc.assert(tellsNothing(Object.keys(habits) as (keyof typeof habits)[]), { ...options, numRuns: 100 });
  });

  it('would be seen to tell, if a period was not reported in which nothing happened', async () => {
    const { failed } = await fc.check(tellsNothing(['nothing'], skippingNothing), { ...options, endOnFailure: true });
    expect(failed).toBe(true);
  });

  it('would be seen to tell, if what is open took the room that a text takes', async () => {
    const variant = rewriting('open', (text) => text.trimEnd());
    const { failed } = await fc.check(tellsNothing(['one long text'], variant), {
      // It takes a disk that is full to within the length of a text: of this seed the 25th history is the first.
      seed: 3,
      numRuns: 200,
      endOnFailure: true,
    });
    expect(failed).toBe(true);
  });
});
