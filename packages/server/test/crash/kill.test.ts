import { describe, it } from 'vitest';
import { NEEDS_SHIM, shim } from '../faults/shim.js';
import { announcedSeed } from '../support/random.js';
import { killUnderLoad } from './kill-under-load.js';

const seed = announcedSeed('kill');
/** Duplicates sent at the end: enough to meet every kill's batches, in about a second. */
const again = 2000;
/** Some seconds on a machine that does nothing else. */
const PATIENCE_MILLISECONDS = 180_000;

describe('kill -9 under load', () => {
  it(
    'loses and doubles nothing over 12 kills at random moments',
    () => killUnderLoad({ seed, moments: 12, again }),
    PATIENCE_MILLISECONDS,
  );

  it.runIf(shim)(
    `loses and doubles nothing over 8 kills at a write or a sync${NEEDS_SHIM}`,
    () => killUnderLoad({ seed, points: 8, again }),
    PATIENCE_MILLISECONDS,
  );
});
