import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBits, addColumns } from '../src/estimate/columns.js';
import { seededSource } from './support/seeded.js';

/** Bit by bit: the reference. */
function plainly(bytes: Uint8Array, rowBytes: number, columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let at = column >> 3; at < bytes.length; at += rowBytes) sum += ((bytes[at] as number) >> (column & 7)) & 1;
    return sum;
  });
}

function randomBytes(length: number, seed: string): Uint8Array {
  const source = seededSource(seed);
  return Uint8Array.from({ length }, () => source.next());
}

describe('addColumns', () => {
  it('counts the set bits of each column, whatever the rows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 0, max: 90 }),
        fc.string(),
        (rowBytes, rows, seed) => {
          const bytes = randomBytes(rowBytes * rows, seed);
          const counts = new Float64Array(8 * rowBytes).fill(5);
          addColumns(bytes, rowBytes, counts);
          expect([...counts]).toEqual(plainly(bytes, rowBytes, counts.length).map((sum) => sum + 5));
        },
      ),
    );
  });

  it('carries through every plane, and over more rows than its planes hold', () => {
    for (const rows of [32, 1015, 1016, 1017, 1023, 1024, 1048, 2041, 5000]) {
      for (const rowBytes of [3, 4, 5, 8, 15]) {
        const full = new Uint8Array(rowBytes * rows).fill(255);
        const counts = new Float64Array(8 * rowBytes);
        addColumns(full, rowBytes, counts);
        expect(new Set(counts)).toEqual(new Set([rows]));
        const mixed = randomBytes(rowBytes * rows, `columns/${rows}`);
        const sums = new Float64Array(8 * rowBytes);
        addColumns(mixed, rowBytes, sums);
        expect([...sums]).toEqual(plainly(mixed, rowBytes, sums.length));
      }
    }
  });

  it('reads rows wherever they begin in memory, and fewer columns than their bytes have bits', () => {
    const bytes = randomBytes(7 * 100 + 3, 'columns/offset').subarray(3);
    const all = new Float64Array(56);
    addColumns(bytes, 7, all);
    expect([...all]).toEqual(plainly(bytes, 7, 56));
    const masked = bytes.slice();
    for (let at = 6; at < masked.length; at += 7) masked[at] = (masked[at] as number) & 7;
    const some = new Float64Array(51);
    addColumns(masked, 7, some);
    expect([...some]).toEqual(plainly(masked, 7, 51));
  });
});

describe('addBits', () => {
  it('adds one row, from where it begins', () => {
    const counts = new Float64Array(16);
    addBits(Uint8Array.of(255, 0b101, 0x80, 255), 1, 2, counts);
    expect([...counts]).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    addBits(Uint8Array.of(0b1001), 0, 1, counts, 5);
    expect([...counts]).toEqual([1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });
});
