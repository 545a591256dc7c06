import { describe, it } from 'vitest';
import { shim } from '../faults/shim.js';
import { announcedSeed, randomFrom } from '../support/random.js';
import { jumpClock } from './clock-jumps.js';
import { terminateUnderLoad } from './terminate-under-load.js';

const seed = announcedSeed('restarts');

describe('a server under load', () => {
  it('drains at SIGTERM, however often it comes, and starts again from exactly what it acknowledged', () =>
    terminateUnderLoad(seed, 4));

  it.runIf(shim)('counts every batch once, whatever its clock is set to', () =>
    jumpClock(seed, randomFrom(`${seed} clock`), 4),
  );
});
