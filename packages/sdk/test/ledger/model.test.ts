import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutLatches } from '../support/latched.js';
import { live, type Variant } from '../support/model.js';
import { keepsEveryPromise, tellsNoText } from '../support/model-versions.js';

const options = { seed: 2026, numRuns: 250 } as const;

/** A ledger whose epochs cost what one report does. */
function chargingOne(text = ''): string {
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

  it('would be seen to spend twice if the debit did not reach the disk', async () => {
    const faults = await faultsOf({
      storage: (storage) => ({
        ...storage,
        write: (entries) => (entries.some(([key]) => key === 'ledger') ? Promise.resolve() : storage.write(entries)),
      }),
    });
    expect(faults).toMatch(/ledger: says 0/);
  });

  it('would be seen to spend twice if withdrawal erased the ledger, too', async () => {
    const faults = await faultsOf({
      storage: (storage) => ({
        ...storage,
        write: (entries) =>
          storage.write(
            entries.some(([key, text]) => key === 'consent' && text?.includes('denied'))
              ? [...entries, ['ledger', undefined]]
              : entries,
          ),
      }),
    });
    expect(faults).toMatch(/ledger went back/);
  });

  it('sends as many messages, as long and at the same times, whatever its texts say', async () => {
    await fc.assert(tellsNoText(), { ...options, numRuns: 60 });
  });

  it('would be seen to answer twice if the ledger forgot what was latched', async () => {
    const faults = await faultsOf({
      storage: (storage) => ({
        ...storage,
        write: (entries) => storage.write(entries.map(([key, text]) => [key, withoutLatches(text)] as const)),
      }),
    });
    expect(faults).toMatch(/second answer/);
  });

  it('would be seen to spend more than it says if only the first report of an epoch was charged', async () => {
    const faults = await faultsOf({
      storage: (storage) => ({
        ...storage,
        write: (entries) =>
          storage.write(entries.map(([key, text]) => [key, key === 'ledger' ? chargingOne(text) : text] as const)),
      }),
    });
    expect(faults).toMatch(/ledger: says/);
  });

  it('would be seen to randomize anew if a retry changed a byte', async () => {
    const faults = await faultsOf({
      platform: (platform) => {
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
    });
    expect(faults).toContain('changed bytes');
  });
});
