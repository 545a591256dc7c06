import { LAW } from '../support/broken.js';
import { contractOf, type Mutation } from './mutation.js';

/** Bugs in what is drawn, and how. */
export const randomness: readonly Mutation[] = [
  {
    name: 'a remainder instead of a rejection',
    file: 'random/uniform-int.ts',
    find: 'word <= 2 ** 32 - bound || word < 2 ** 32 - (2 ** 32 % bound)',
    replace: 'word >= 0',
    ...contractOf('grr', LAW),
  },
  {
    name: 'a remainder of a small word',
    file: 'random/uniform-int.ts',
    find: 'const word = source.next();',
    replace: 'const word = source.next() >>> 16;',
    ...contractOf('grr', LAW),
  },
  {
    name: 'rejection from one word too early',
    file: 'random/uniform-int.ts',
    find: 'word <= 2 ** 32 - bound || word < 2 ** 32 - (2 ** 32 % bound)',
    replace: 'word < 2 ** 32 - (2 ** 32 % bound) - 1',
    tests: ['random.test.ts'],
  },
  {
    name: 'a threshold cut to 32 bits',
    file: 'random/bernoulli.ts',
    find: 'word < t.high || (word === t.high && source.next() < t.low)',
    replace: 'word < t.high',
    ...contractOf('grr', LAW),
  },
  {
    name: 'a threshold that counts as kept',
    file: 'random/bernoulli.ts',
    find: 'source.next() < t.low',
    replace: 'source.next() <= t.low',
    tests: ['random.test.ts'],
  },
  {
    name: 'a word that is drawn only where it is needed',
    file: 'mechanisms/grr.ts',
    find: 'const random = uniformInt(source, p.domainSize);\n    return bernoulli(source, p.keep) ? value : random;',
    replace: 'return bernoulli(source, p.keep) ? value : uniformInt(source, p.domainSize);',
    tests: ['timing.test.ts'],
    only: 'keep epsilon together: grr',
  },
  {
    name: 'one word used for the column and again for the coin',
    file: 'mechanisms/hadamard-response.ts',
    find: 'const random = source.next() & (p.outputs - 1);\n    if (!bernoulli(source, p.keep)) return random;',
    replace:
      'const word = source.next();\n    const random = word & (p.outputs - 1);\n    ' +
      'if (!(word < p.keep.high || (word === p.keep.high && source.next() < p.keep.low))) return random;',
    ...contractOf('hadamard-response', LAW),
  },
  {
    name: 'words that are used again for the next group of bits',
    file: 'random/lanes.ts',
    find: 'group++, words += digits',
    replace: 'group++',
    tests: ['lanes.test.ts'],
  },
  {
    name: 'a reserved word that is handed out again',
    file: 'random/word-source.ts',
    find: '    this.#position += count;',
    replace: '    this.#position += count - 1;',
    tests: ['word-source.test.ts'],
  },
  {
    name: 'zeros handed out where the generator fails',
    file: 'random/word-source.ts',
    find: '    this.#position = this.block.length;\n',
    replace: '',
    tests: ['word-source.test.ts'],
  },
  {
    name: 'a word that stays in memory',
    file: 'random/word-source.ts',
    find: '    this.block[at] = 0;\n',
    replace: '',
    tests: ['random.test.ts'],
  },
  {
    name: 'reserved words that stay in memory',
    file: 'random/lanes.ts',
    find: '    block.fill(0, start, words);\n',
    replace: '',
    tests: ['lanes.test.ts'],
  },
  {
    name: 'binary digits compared in reverse',
    file: 'random/lanes.ts',
    find: '    // Below by this digit, or equal in it and below by the ones before.\n    if (rest & 1)',
    replace: '    if ((rest >>> (digits - 1 - 2 * i)) & 1)',
    ...contractOf('oue', LAW),
  },
  {
    name: 'the bits of four groups written in reverse',
    file: 'random/lanes.ts',
    find: '  bytes[at + 1] = lanes >>> 8;\n  bytes[at + 2] = lanes >>> 16;',
    replace: '  bytes[at + 2] = lanes >>> 8;\n  bytes[at + 1] = lanes >>> 16;',
    tests: ['lanes.test.ts'],
  },
  {
    name: 'a digit too few',
    file: 'random/lanes.ts',
    find: '  while (digits > 1 && ((set | unset) >> BigInt(64 - digits)) % 2n === 0n) digits--;',
    replace: '  while (digits > 1 && ((set | unset) >> BigInt(64 - digits)) % 2n === 0n) digits--;\n  digits--;',
    ...contractOf('sue', LAW),
  },
  {
    name: 'a keyed block used again for the next one',
    file: 'random/keyed-source.ts',
    find: 'blocks++',
    replace: 'blocks',
    tests: ['keyed-source.test.ts'],
  },
];
