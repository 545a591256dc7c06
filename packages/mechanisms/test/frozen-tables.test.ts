import { sha256 } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { cohortHash } from '../src/encode/cohort-hash.js';
import { hashPool } from '../src/encode/hash-pool.js';
import { differenceSet } from '../src/field/difference-set.js';
import { galoisField } from '../src/field/galois.js';
import { projectiveSpace } from '../src/field/projective-space.js';
import { hex } from './support/ensure.js';

/**
 * Tables that say what a report means and that no fingerprint covers: they follow from plain parameters. If one of these
 * digests changes, reports made before and after mean different things under one fingerprint. So they never change; a
 * mechanism with other tables is another mechanism, with another id.
 */
function digest(numbers: Iterable<number>): string {
  return hex(sha256(Uint8Array.from([...numbers].flatMap((n) => [n & 255, (n >> 8) & 255, n >> 16])))).slice(0, 16);
}

function* all(count: number, of: (i: number) => number): Generator<number> {
  for (let i = 0; i < count; i++) yield of(i);
}

describe('tables that fingerprints rest on', () => {
  it('are what they have always been: products of fields', () => {
    const products = (size: number) => {
      const { multiply } = galoisField(size);
      return digest(all(size * size, (i) => multiply(Math.floor(i / size), i % size)));
    };
    expect([4, 8, 9, 16, 25, 27, 64, 125].map(products)).toMatchInlineSnapshot(`
      [
        "09e13aa3e6c240fc",
        "13cb93d95a33cc35",
        "0eb5acb674c466a4",
        "da31521cb44adb5f",
        "6feaff911de7f95c",
        "98476bbd16844a70",
        "ffb4acbcd6cfe4a4",
        "03896a21a140c6a7",
      ]
    `);
  });

  it('are what they have always been: difference sets', () => {
    const members = ([order, dimension]: readonly [number, number]) => {
      const set = differenceSet(projectiveSpace(order, dimension));
      return digest(all(set.weight, set.member));
    };
    const spaces = [
      [2, 12],
      [3, 8],
      [4, 6],
      [5, 5],
      [8, 5],
      [9, 4],
      [11, 3],
      [53, 3],
    ] as const;
    expect(spaces.map(members)).toMatchInlineSnapshot(`
      [
        "2a34420ce4436dee",
        "a1286085fce84361",
        "d1ed1706b83bb629",
        "6eee24fa64c08165",
        "ab929687d4d88406",
        "c6f7d65a5984180c",
        "3a50e1a56fee66c1",
        "b538481933490ee0",
      ]
    `);
  });

  it('are what they have always been: cells of hash functions', () => {
    const cells = ([size, domainSize]: readonly [number, number]) => {
      const pool = hashPool(size, domainSize);
      return digest(all(2000, (i) => pool.cellOf((i * 31) % pool.rows, (i * 17) % domainSize)));
    };
    const pools = [
      [2, 300],
      [4, 1024],
      [8, 4097],
      [9, 1000],
      [53, 4097],
      [64, 4097],
    ] as const;
    expect(pools.map(cells)).toMatchInlineSnapshot(`
      [
        "8d0826b2fcead967",
        "cd8190908f6e81cd",
        "53becd2a43aeb79a",
        "d9e71f53328fb7ca",
        "4096716731c62c5e",
        "b9bb9521b29fd637",
      ]
    `);
  });

  it('are what they have always been: cells of cohorts', () => {
    const cells = (size: number) => {
      const hash = cohortHash(size);
      return digest(all(hash.functions * 16, (i) => hash.cellOf(i >> 4, i & 15)));
    };
    expect([2, 4, 8, 16].map(cells)).toMatchInlineSnapshot(`
      [
        "17ad6d107b40f13d",
        "18ab75c05d2cb341",
        "40fbc44bbb35c5d9",
        "da31521cb44adb5f",
      ]
    `);
  });
});
