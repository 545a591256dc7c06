import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { live, type Variant } from '../support/model.js';
import { keepsEveryPromise, versions } from '../support/model-versions.js';

const options = { seed: 2026, numRuns: 250 } as const;

/** What the first history that breaks a variant breaks. */
async function faultsOf(variant: Variant): Promise<string> {
  const { failed, counterexample } = await fc.check(keepsEveryPromise(variant), { ...options, endOnFailure: true });
  if (!failed || counterexample === null) return 'none';
  return (await live(versions, counterexample[0], String(counterexample[1]), variant)).join(', ');
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
