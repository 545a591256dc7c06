import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NEEDS_SHIM, shim } from '../faults/shim.js';
import { announcedSeed, randomFrom } from '../support/random.js';
import { jumpClock } from './clock-jumps.js';
import { changeFile, copyOf, flipBytes, leftBy, refusesOrIsExact } from './damage.js';
import { failSyncs, fillDisk, stallDisk } from './disk-trouble.js';
import { killUnderLoad } from './kill-under-load.js';
import { terminateUnderLoad } from './terminate-under-load.js';

const seed = announcedSeed('crash');

describe('a server under load loses and doubles nothing', () => {
  it('over 100 kills at random moments', () => killUnderLoad({ seed, moments: 100 }));

  it('over 20 storms of SIGTERM', () => terminateUnderLoad(seed, 20));
});

describe.runIf(shim)(`with a disk and a clock that go wrong${NEEDS_SHIM}, it loses and doubles nothing`, () => {
  it('over 100 kills at a write or a sync', () => killUnderLoad({ seed, points: 100 }));

  it('over 30 power cuts', () => killUnderLoad({ seed, powerCuts: 30 }));

  it('over 20 times of a full disk', () => fillDisk(seed, 20));

  it('over 40 syncs that fail', () => failSyncs(seed, 40));

  it('over 40 jumps of the clock', () => jumpClock(seed, randomFrom(`${seed} clock`), 40));

  it.each([4, 100])('while every sync takes %i ms longer', async (milliseconds) => {
    const { p99InSyncs, growth, batches } = await stallDisk(seed, milliseconds, 20);
    process.stdout.write(`${milliseconds} ms a sync: p99 is ${p99InSyncs.toFixed(1)} syncs, over ${batches} batches\n`);
    // What the processor takes is much beside 4 ms.
    if (milliseconds === 100) expect(p99InSyncs).toBeLessThan(16);
    expect(growth).toBeLessThan(2);
  });
});

describe('a file in which bytes were changed', () => {
  it('is refused and left as it is, or serves exactly what it held, 200 times', async () => {
    const random = randomFrom(`${seed} flips`);
    const { folder, batches } = await leftBy('SIGTERM', seed);
    for (let i = 0; i < 200; i++) {
      const damaged = { folder: copyOf(folder), batches };
      changeFile(join(damaged.folder, 'a.db'), (bytes) => flipBytes(bytes, random));
      await refusesOrIsExact(damaged);
    }
  });
});
