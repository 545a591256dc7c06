import { LAW, UNBIASED } from '../support/broken.js';
import { contractOf, type Mutation } from './mutation.js';

/** Bugs in fields, pools, designs and transforms. */
export const tables: readonly Mutation[] = [
  {
    name: 'arithmetic modulo the size of the field, where that is a prime power',
    file: 'field/galois.ts',
    find: 'add: (a, b) => addMultiple(a, b, 1, p),',
    replace: 'add: (a, b) => (a + b) % size,',
    tests: ['galois.test.ts', 'hash-pool.test.ts'],
  },
  {
    name: 'a field whose products are off by a power',
    file: 'field/galois.ts',
    find: 'power % (size - 1)]',
    replace: 'power % size]',
    tests: ['galois.test.ts'],
  },
  {
    name: 'a pool of colliding functions',
    file: 'field/linear-hash.ts',
    find: 'hash((factors / size) | 0, (value / size) | 0)',
    replace: 'hash(0, (value / size) | 0)',
    ...contractOf('local-hashing', UNBIASED),
  },
  {
    name: 'a pool that is believed to collide in one of g functions',
    file: 'encode/hash-pool.ts',
    find: 'collision: (shape.lower - 1) / (shape.points - 1),',
    replace: 'collision: 1 / cells,',
    ...contractOf('local-hashing', UNBIASED),
  },
  {
    name: 'a cohort that always hashes by the same function',
    file: 'encode/cohort-hash.ts',
    find: 'cellOf: linearHash(cells)',
    replace: 'cellOf: (_row: number, value: number) => linearHash(cells)(1, value)',
    ...contractOf('loloha', UNBIASED),
  },
  {
    name: 'a difference set shifted by one',
    file: 'field/singer.ts',
    find: 'zeros.push(i);',
    replace: 'zeros.push((i + 1) % points);',
    tests: ['projective-geometry-field.test.ts'],
  },
  {
    name: 'a device whose difference set is another one',
    file: 'field/singer.ts',
    find: 'if (zeros) return zeros;',
    replace: 'if (zeros && number > 40) return zeros;',
    tests: ['randomizers.test.ts'],
    only: 'projective-geometry',
  },
  {
    name: 'a hyperplane translated the other way by the client',
    file: 'mechanisms/projective-geometry.ts',
    find: 'const point = p.hyperplane.member(uniformInt(source, weight)) - value;',
    replace: 'const point = p.hyperplane.member(uniformInt(source, weight)) + value;',
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
    find: 'return 1 + (value % p.width);',
    replace: 'return value % p.width;',
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
