import { describe, expect, it } from 'vitest';
import { differenceSet } from '../src/field/difference-set.js';
import { type Field, galoisField } from '../src/field/galois.js';
import { projectiveSpace, projectiveSpaces, shortestLine } from '../src/field/projective-space.js';

/** Fields of prime sizes and of powers, with every dimension whose differences are soon counted. */
const SPACES = [2, 3, 4, 5, 7, 8, 9].flatMap((order) =>
  [2, 3, 4, 5, 6].map((dimension) => projectiveSpace(order, dimension)).filter(({ points }) => points < 1400),
);

function membersOf({ weight, member }: { weight: number; member(index: number): number }): number[] {
  return Array.from({ length: weight }, (_, index) => member(index));
}

/** How often each difference but 0 occurs: all the counts that there are. */
function overlaps(members: readonly number[], size: number): number[] {
  const counts = new Array<number>(size).fill(0);
  for (const a of members) {
    for (const b of members) counts[(a - b + size) % size] = (counts[(a - b + size) % size] as number) + 1;
  }
  return [...new Set(counts.slice(1))];
}

type Arithmetic = Pick<Field, 'size' | 'add' | 'multiply'>;

/** The definition in `difference-set.ts`, word for word: run the sequence of each number and see when the zeros come back. */
function walked({ size, add, multiply }: Arithmetic, dimension: number, points: number): number[] | undefined {
  for (let number = 1; number < size ** dimension; number++) {
    const coefficients = Array.from({ length: dimension }, (_, place) => Math.floor(number / size ** place) % size);
    const sequence = [...new Array<number>(dimension - 1).fill(0), 1];
    let zeros = 0;
    while (zeros < dimension - 1 && sequence.length < points + dimension - 1) {
      const terms = coefficients.map((a, place) =>
        multiply(a, sequence[sequence.length - dimension + place] as number),
      );
      const next = terms.reduce(add, 0);
      sequence.push(next);
      zeros = next === 0 ? zeros + 1 : 0;
    }
    if (zeros === dimension - 1 && sequence.length === points + dimension - 1) {
      return sequence.slice(0, points).flatMap((element, i) => (element === 0 ? [i] : []));
    }
  }
  return undefined;
}

describe('a projective space', () => {
  it('has the points, and the hyperplanes have the points, that counting vectors gives', () => {
    for (const { order, dimension, points, weight, overlap } of SPACES) {
      const [all, plane, shared] = [dimension, dimension - 1, dimension - 2].map((t) => (order ** t - 1) / (order - 1));
      expect([points, weight, overlap]).toEqual([all, plane, shared]);
    }
  });

  it('is listed if it has points enough and not too many', () => {
    const listed = projectiveSpaces(20, 90).map(({ order, dimension, points }) => [order, dimension, points]);
    expect(listed).toEqual([
      [2, 5, 31],
      [2, 6, 63],
      [3, 4, 40],
      [4, 3, 21],
      [4, 4, 85],
      [5, 3, 31],
      [7, 3, 57],
      [8, 3, 73],
    ]);
    expect([2, 3, 7, 8, 9, 11, 1024, 1025].map((least) => shortestLine(least).points)).toEqual([
      3, 3, 8, 8, 9, 12, 1025, 1025,
    ]);
  });
});

describe('the difference set of a projective space', () => {
  it('has every difference equally often, of prime and of prime-power order', () => {
    for (const space of SPACES) {
      const members = membersOf(differenceSet(space));
      expect(new Set(members).size).toBe(space.weight);
      expect(overlaps(members, space.points)).toEqual([space.overlap]);
    }
  });

  it('is the one that its definition gives', () => {
    for (const space of SPACES.filter(({ dimension, points }) => dimension > 2 && points < 800)) {
      const members = walked(galoisField(space.order), space.dimension, space.points);
      expect(membersOf(differenceSet(space))).toEqual(members);
    }
  });

  it('is one of those in the books', () => {
    const members = (order: number) => membersOf(differenceSet(projectiveSpace(order, 3)));
    expect(members(2)).toEqual([0, 1, 3]);
    expect(members(3)).toEqual([0, 1, 3, 9]);
    expect(members(4)).toEqual([0, 1, 4, 14, 16]);
    expect(members(5)).toEqual([0, 1, 3, 8, 12, 18]);
    expect(members(8)).toEqual([0, 1, 3, 7, 15, 31, 36, 54, 63]);
    expect(members(9)).toEqual([0, 1, 3, 9, 27, 49, 56, 61, 77, 81]);
  });

  it('knows its members', () => {
    for (const space of SPACES) {
      const set = differenceSet(space);
      const members = new Set(membersOf(set));
      for (let residue = 0; residue < set.size; residue++) expect(set.has(residue)).toBe(members.has(residue));
    }
  });

  it('is not to be had from arithmetic modulo the order, where that is no prime', () => {
    for (const order of [4, 8, 9]) {
      const wrong = {
        size: order,
        add: (a: number, b: number) => (a + b) % order,
        multiply: (a: number, b: number) => (a * b) % order,
      };
      for (const arithmetic of [
        wrong,
        { ...galoisField(order), multiply: wrong.multiply },
        { ...galoisField(order), add: wrong.add },
      ]) {
        const { points, overlap } = projectiveSpace(order, 3);
        const members = walked(arithmetic, 3, points);
        expect(members === undefined ? [] : overlaps(members, points)).not.toEqual([overlap]);
      }
    }
  });

  it('has parts that cannot be changed', () => {
    expect(Object.isFrozen(differenceSet(projectiveSpace(4, 3)))).toBe(true);
  });
});
