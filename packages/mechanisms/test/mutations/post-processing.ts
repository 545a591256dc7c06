import type { Mutation } from './mutation.js';

/** Bugs in what follows the unbiased estimate. */
export const postProcessing: readonly Mutation[] = [
  {
    name: 'clipping instead of the nearest point of the simplex',
    file: 'estimate/simplex.ts',
    find: 'if (value + candidate > 0) shift = candidate;',
    replace: 'if (value + candidate > 2) shift = candidate;',
    tests: ['simplex.test.ts'],
  },
  {
    name: 'a Bayesian update that forgets its prior',
    file: 'estimate/bayesian-update.ts',
    find: '(shares[value] as number) * (factors[value] as number)',
    replace: '(factors[value] as number)',
    tests: ['bayesian-update.test.ts'],
  },
  {
    name: 'Holm that believes no more than Bonferroni',
    file: 'estimate/multiple.ts',
    find: 'alpha / (sorted.length - first)',
    replace: 'alpha / sorted.length',
    tests: ['multiple.test.ts'],
  },
  {
    name: 'Benjamini-Hochberg that stops at the first finding it refuses',
    file: 'estimate/multiple.ts',
    find: 'if (p <= allowed) cut = allowed;',
    replace: 'if (p <= allowed && sorted.slice(0, i).every((q, j) => q <= (alpha * (j + 1)) / among)) cut = allowed;',
    tests: ['multiple.test.ts'],
  },
  {
    name: 'a p-value without the count itself',
    file: 'estimate/multiple.ts',
    find: 'const i = count - from;',
    replace: 'const i = count + 1 - from;',
    tests: ['multiple.test.ts'],
  },
  {
    name: 'forged reports that are thought to be unable to say no',
    file: 'estimate/forged.ts',
    find: 'odds * (value - least)',
    replace: 'odds * value',
    tests: ['forged.test.ts'],
  },
];
