import { describe, expect, it } from 'vitest';
import { NEEDS_SHIM, shim } from '../faults/shim.js';
import { announcedSeed } from '../support/random.js';
import { killUnderLoad } from './kill-under-load.js';

const seed = announcedSeed('broken');

/** A proof that cannot fail proves nothing. */
describe('the crash harness notices a server that', () => {
  it('acknowledges before it has committed', async () => {
    await expect(killUnderLoad({ seed, moments: 3, broken: 'acknowledges-early' })).rejects.toThrow(/to deeply equal/);
  });

  it('forgets at a restart what it has counted', async () => {
    await expect(killUnderLoad({ seed, moments: 2, broken: 'forgets-nonces' })).rejects.toThrow(/as new/);
  });

  it('counts a duplicate that it calls one', async () => {
    await expect(killUnderLoad({ seed, moments: 1, broken: 'counts-duplicates' })).rejects.toThrow(/to deeply equal/);
  });

  it.runIf(shim)(`acknowledges what a power cut takes away${NEEDS_SHIM}`, async () => {
    const lie = { path: 'a.db', calls: ['sync'], action: 'lie' } as const;
    await expect(killUnderLoad({ seed, powerCuts: 2, faults: [lie] })).rejects.toThrow();
  });
});
