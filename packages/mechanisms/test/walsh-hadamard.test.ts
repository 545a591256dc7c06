import { describe, expect, it } from 'vitest';
import { hadamardEntry, isParityOdd } from '../src/encode/hadamard.js';
import { walshHadamard } from '../src/estimate/walsh-hadamard.js';

/** Sylvester's construction, by its own definition: H of twice the size is [H H; H -H]. */
function sylvester(size: number): number[][] {
  if (size === 1) return [[1]];
  const half = sylvester(size / 2);
  return [...half.map((row) => [...row, ...row]), ...half.map((row) => [...row, ...row.map((x) => -x)])];
}

/** Whole numbers without any symmetry that could hide a wrong order of rows or columns. */
function uneven(size: number): number[] {
  return Array.from({ length: size }, (_, i) => ((i + 3) ** 3 * 7919) % 1009);
}

describe('the Walsh-Hadamard transform', () => {
  for (const size of [1, 2, 4, 8, 64]) {
    it(`of ${size} numbers is the product with Sylvester's matrix, exactly`, () => {
      const values = uneven(size);
      const product = sylvester(size).map((row) => row.reduce((sum, h, c) => sum + h * (values[c] as number), 0));
      const transformed = Float64Array.from(values);
      walshHadamard(transformed);
      expect([...transformed]).toEqual(product);
    });
  }

  it('has the entries of that matrix, by row and column', () => {
    const entries = Array.from({ length: 16 }, (_, r) => Array.from({ length: 16 }, (_, c) => hadamardEntry(r, c)));
    expect(entries).toEqual(sylvester(16));
  });

  it('is not the transform in another order of rows', () => {
    // By sign changes, as Walsh ordered them, row 1 changes sign once; in Sylvester's order it does three times.
    expect(sylvester(4)[1]).toEqual([1, -1, 1, -1]);
    const values = Float64Array.of(1, 10, 100, 1000);
    walshHadamard(values);
    expect([...values]).toEqual([1111, -909, -1089, 891]);
  });

  it('leaves what is outside the part it is given', () => {
    const values = Float64Array.of(5, 1, 2, 3, 4, 7);
    walshHadamard(values, 1, 4);
    expect([...values]).toEqual([5, 10, -2, -4, 0, 7]);
  });

  it('twice is the size times the original, exactly even where sums come near 2^53', () => {
    const values = uneven(1024).map((x) => x * 2 ** 23 + 1);
    const twice = Float64Array.from(values);
    walshHadamard(twice);
    walshHadamard(twice);
    expect([...twice]).toEqual(values.map((x) => 1024 * x));
  });
});

describe('parity', () => {
  it('is that of the number of bits set, in all 32', () => {
    for (const bits of [0, 1, 2, 3, 7, 0xff, 0x8000_0000, 0x8000_0001, -1, 0x1234_5678, 0x7fff_ffff]) {
      const ones = (bits >>> 0).toString(2).split('1').length - 1;
      expect(isParityOdd(bits)).toBe(ones % 2 === 1);
    }
  });
});
