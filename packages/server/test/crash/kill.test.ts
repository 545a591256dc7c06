import { describe, it } from 'vitest';
import { NEEDS_SHIM, shim } from '../faults/shim.js';
import { announcedSeed } from '../support/random.js';
import { killUnderLoad } from './kill-under-load.js';

const seed = announcedSeed('kill');
/** Duplicates sent at the end: some tens of each kill's batches, in about half a second. */
const again = 1000;
/** Over one file, one after the other: what it costs to look at the end is paid once. */
const kills = shim === undefined ? { moments: 20 } : { moments: 12, points: 8 };

describe('kill -9 under load', () => {
  it(`loses and doubles nothing over 20 kills, 8 of them at a write or a sync${NEEDS_SHIM}`, () =>
    killUnderLoad({ seed, ...kills, again }));
});
