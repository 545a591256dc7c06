import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byTransform, directly, translateCounts } from '../src/estimate/translates.js';
import { differenceSet } from '../src/field/difference-set.js';
import { projectiveSpace } from '../src/field/projective-space.js';

/** The definition: for each translate, the counts at its members. */
function plainly(counts: Float64Array, members: readonly number[], translates: number): number[] {
  const { length } = counts;
  return Array.from({ length: translates }, (_, v) =>
    members.reduce((sum, member) => sum + (counts[(member - v + length) % length] as number), 0),
  );
}

/** Any set of residues, counts of up to so many digits at each, and how many translates are asked for. */
const problems = fc.integer({ min: 1, max: 70 }).chain((size) =>
  fc.record({
    members: fc.uniqueArray(fc.integer({ min: 0, max: size - 1 })),
    counts: fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 2 ** 46 })), {
      minLength: size,
      maxLength: size,
    }),
    translates: fc.integer({ min: 1, max: size }),
  }),
);

describe('the reports in each translate of a set', () => {
  it('are the plain sums, directly and by transform, for any set and counts', () => {
    fc.assert(
      fc.property(problems, ({ members, counts, translates }) => {
        const set = { size: counts.length, weight: members.length, member: (i: number) => members[i] as number };
        const reports = Float64Array.from(counts);
        const expected = plainly(reports, members, translates);
        expect([...directly(reports, set, translates)]).toEqual(expected);
        expect([...byTransform(reports, set, translates)]).toEqual(expected);
        expect([...translateCounts(reports, set, translates)]).toEqual(expected);
      }),
    );
  });

  it('sum to the weight times the reports, exactly, when 2^52 of them lie at the edges of a large space', () => {
    for (const [order, dimension] of [
      [2, 15],
      [3, 10],
      [4, 8],
      [31, 4],
    ] as const) {
      const set = differenceSet(projectiveSpace(order, dimension));
      const counts = new Float64Array(set.size);
      // Every digit at its largest; the sum of all translates must stay below 2^53.
      const each = Math.floor(2 ** 52 / set.weight / 4);
      for (const at of [0, 1, set.size - 2, set.size - 1]) counts[at] = each;
      const sums = byTransform(counts, set, set.size);
      expect(sums.reduce((sum, count) => sum + count, 0)).toBe(4 * each * set.weight);
      expect(sums.every((count) => count % each === 0 && count >= 0 && count <= 4 * each)).toBe(true);
    }
  });

  it('come out the same both ways in a space of 21,845 points with random counts', () => {
    const set = differenceSet(projectiveSpace(4, 8));
    let state = 1;
    const counts = Float64Array.from({ length: set.size }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state;
    });
    for (const translates of [1, 100, 3000]) {
      const sums = byTransform(counts, set, translates);
      expect(sums).toEqual(directly(counts, set, translates));
      expect(sums).toEqual(translateCounts(counts, set, translates));
    }
  });

  it('are none without reports', () => {
    const set = differenceSet(projectiveSpace(3, 8));
    expect(byTransform(new Float64Array(set.size), set, 500)).toEqual(new Float64Array(500));
  });
});
