import { describe, expect, it } from 'vitest';
import { shim } from '../faults/shim.js';
import { announcedSeed } from '../support/random.js';
import { failSyncs, fillDisk, stallDisk } from './disk-trouble.js';

const seed = announcedSeed('disk');

describe.runIf(shim)('a server under load', () => {
  it('says 503 while the disk is full, and loses and doubles nothing', () => fillDisk(seed, 2));

  it('stops when a sync fails, and knows after the restart what was stored', () => failSyncs(seed, 3));

  it('acknowledges every batch of a disk that takes 200 ms a sync', async () => {
    const { p99InSyncs, growth } = await stallDisk(seed, 200, 2);
    // The worst that may come is a fold, the commit before its own, and its own. Beside them the processor is nothing, also
    // of a machine that has other things to do.
    expect(p99InSyncs).toBeLessThan(16);
    expect(growth).toBeLessThan(2);
  });
});
