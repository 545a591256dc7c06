import fc from 'fast-check';
import { describe, it } from 'vitest';
import { habits, keepsEveryPromise, tellsNothing } from '../support/model-versions.js';

describe('whatever happens to an installation', () => {
  it('keeps every promise, over 20,000 histories that nobody has seen before', async () => {
    await fc.assert(keepsEveryPromise(), { numRuns: 20_000 });
  });

  it('tells nothing of what is recorded by when and how much it sends, over 10,000 of them', async () => {
    await fc.assert(tellsNothing(Object.keys(habits) as (keyof typeof habits)[]), { numRuns: 10_000 });
  });
});
