import { expect, inject, it } from 'vitest';

/** How a generator from a seed is asked for a word: no minifier renames what an object is asked for. */
const SEEDED = /\.int32\b|Math\.random/;

it('ships no source of randomness that begins with a seed', () => {
  const bundles = inject('bundles');
  expect(bundles['/one-boolean.js']).not.toMatch(SEEDED);
  expect(bundles['/notebook.js']).not.toMatch(SEEDED);
  expect(bundles['/seeded.js']).toMatch(SEEDED);
});

it('draws its words from the source that cannot be foretold', () => {
  expect(inject('bundles')['/one-boolean.js']).toContain('.getRandomValues(');
});
