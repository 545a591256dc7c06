import { describe, it } from 'vitest';
import { NEEDS_SHIM, shim } from '../faults/shim.js';
import { announcedSeed } from '../support/random.js';
import { killUnderLoad } from './kill-under-load.js';

const seed = announcedSeed('kill');
/** Duplicates sent at the end: enough to meet every kill's batches, in about a second. */
const again = 2000;

describe('kill -9 under load', () => {
  it('loses and doubles nothing over 6 kills at random moments', () => killUnderLoad({ seed, moments: 6, again }));

  it.runIf(shim)(`loses and doubles nothing over 5 kills at a write or a sync${NEEDS_SHIM}`, () =>
    killUnderLoad({ seed, points: 5, again }),
  );
});
