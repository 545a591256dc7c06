import fc from 'fast-check';
import { describe, it } from 'vitest';
import { keepsEveryPromise, tellsNoText } from '../support/model-versions.js';

describe('whatever happens to an installation', () => {
  it('keeps every promise, over 20,000 histories that nobody has seen before', async () => {
    await fc.assert(keepsEveryPromise(), { numRuns: 20_000 });
  });

  it('tells nothing of its texts by when and how much it sends, over 5,000 of them', async () => {
    await fc.assert(tellsNoText(), { numRuns: 5000 });
  });
});
