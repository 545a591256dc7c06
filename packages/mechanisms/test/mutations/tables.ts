import { LAW, UNBIASED } from '../support/broken.js';
import { contractOf, type Mutation } from './mutation.js';

/** Bugs in fields, pools, designs and transforms. */
export const tables: readonly Mutation[] = [
  {
    name: 'arithmetic modulo the size of the field, where that is a prime power',
    file: 'field/galois.ts',
    find: 'const add = (a: number, b: number) => (p === 2 ? a ^ b : p === size ? (a + b) % size : addDigits(a, b, p));',
    replace: 'const add = (a: number, b: number) => (a + b) % size;',
    tests: ['galois.test.ts', 'hash-pool.test.ts'],
  },
  {
    name: 'a field whose products are off by a power',
    file: 'field/galois.ts',
    find: 'return powers[((logarithms[a] as number) + (logarithms[b] as number)) % order] as number;',
    replace: 'return powers[((logarithms[a] as number) + (logarithms[b] as number)) % size] as number;',
    tests: ['galois.test.ts'],
  },
  {
    name: 'a pool of colliding functions',
    file: 'encode/hash-pool.ts',
    find: '        factors = nextFactors;\n',
    replace: '        factors = 0;\n',
    ...contractOf('local-hashing', UNBIASED),
  },
  {
    name: 'a pool that is believed to collide in one of g functions',
    file: 'encode/hash-pool.ts',
    find: 'collision: (lower - 1) / (points - 1),',
    replace: 'collision: 1 / cells,',
    ...contractOf('local-hashing', UNBIASED),
  },
  {
    name: 'a cohort that always hashes by the same function',
    file: 'encode/cohort-hash.ts',
    find: 'Math.floor(row / place) % cells',
    replace: 'row % cells',
    ...contractOf('loloha', UNBIASED),
  },
  {
    name: 'a difference set shifted by one',
    file: 'field/difference-set.ts',
    find: 'zeros[found++] = i;',
    replace: 'zeros[found++] = (i + 1) % points;',
    tests: ['projective-geometry-field.test.ts'],
  },
  {
    name: 'a hyperplane translated the other way by the client',
    file: 'mechanisms/projective-geometry.ts',
    find: 'const point = hyperplane.member(uniformInt(source, hyperplane.weight)) - value;',
    replace:
      'const point = ((hyperplane.member(uniformInt(source, hyperplane.weight)) + value) % hyperplane.size) - hyperplane.size;',
    ...contractOf('projective-geometry', LAW),
  },
  {
    name: 'translates summed in the other order',
    file: 'estimate/translates.ts',
    find: 'return sums.reverse();',
    replace: 'return sums;',
    ...contractOf('projective-geometry', UNBIASED),
  },
  {
    name: 'a transform with its halves exchanged',
    file: 'estimate/walsh-hadamard.ts',
    find: 'values[i + half] = a - b;',
    replace: 'values[i + half] = b - a;',
    ...contractOf('hadamard-response', UNBIASED),
  },
  {
    name: 'a transform of the transposed counts',
    file: 'mechanisms/recursive-hadamard.ts',
    find: 'sums[block * p.rows + row] = plus - minus;',
    replace: 'sums[row * p.blocks + block] = plus - minus;',
    tests: ['recursive-hadamard.test.ts'],
  },
  {
    name: 'a row that another value of the block has',
    file: 'mechanisms/hadamard-response.ts',
    find: 'return 1 + value - p.width * blockOf(p, value);',
    replace: 'return value - p.width * blockOf(p, value);',
    ...contractOf('hadamard-response', UNBIASED),
  },
  {
    name: 'a parity of 16 bits',
    file: 'encode/hadamard.ts',
    find: 'let folded = bits ^ (bits >>> 16);',
    replace: 'let folded = bits & 0xffff;',
    tests: ['walsh-hadamard.test.ts'],
  },
];
