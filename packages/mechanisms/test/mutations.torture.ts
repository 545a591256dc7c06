import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hunt } from './mutations/hunt.js';
import { mutations } from './mutations/mutations.js';

let hunt: Hunt;

beforeAll(async () => {
  hunt = await Hunt.begin(Math.min(2, availableParallelism()));
});

afterAll(() => hunt.end());

describe.concurrent('the tests named for it catch', () => {
  it.each(mutations)('$name', async (mutation) => {
    const { caughtBy, trouble, seconds } = await hunt.seek(mutation);
    const verdict = caughtBy === undefined ? (trouble ?? 'SEEN BY NO TEST') : `caught by "${caughtBy}"`;
    console.log(`${seconds.toFixed(1).padStart(6)} s  ${mutation.name}: ${verdict}`);
    expect(trouble).toBe(undefined);
    expect(caughtBy).toBeTypeOf('string');
  });
});
