import { describe, it } from 'vitest';
import { NEEDS_SHIM, shim } from '../faults/shim.js';
import { announcedSeed } from '../support/random.js';
import { killUnderLoad } from './kill-under-load.js';

const seed = announcedSeed('power cut');

describe('a power cut under load', () => {
  it.runIf(shim)(`loses nothing acknowledged, if all that was not synced is gone${NEEDS_SHIM}`, () =>
    killUnderLoad({ seed, powerCuts: 3, again: 1000 }),
  );
});
