import { projectOnSimplex } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const points = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 30 });

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, x, i) => sum + (x - (b[i] as number)) ** 2, 0);
}

describe('projectOnSimplex', () => {
  it('gives shares: not negative, summing to one', () => {
    fc.assert(
      fc.property(points, (values) => {
        const projected = projectOnSimplex(values);
        expect(projected.every((x) => x >= 0)).toBe(true);
        expect(projected.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('leaves shares as they are', () => {
    fc.assert(
      fc.property(points, (values) => {
        const once = projectOnSimplex(values);
        expect(distance(projectOnSimplex(once), once)).toBeLessThan(1e-24);
      }),
    );
  });

  it('is nearer than any other point of the simplex', () => {
    const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(points, weights, (values, raw) => {
        const some = raw.slice(0, values.length).map((weight) => weight + 1e-9);
        const total = some.reduce((sum, x) => sum + x, 0);
        const other = some.map((x) => x / total);
        expect(distance(projectOnSimplex(values), values)).toBeLessThanOrEqual(distance(other, values) + 1e-12);
      }),
    );
  });

  it('meets the condition that makes a point the nearest: one shift, and nothing left of what is cut', () => {
    fc.assert(
      fc.property(points, (values) => {
        const projected = projectOnSimplex(values);
        const shifts = values.flatMap((value, i) =>
          (projected[i] as number) > 0 ? [(projected[i] as number) - value] : [],
        );
        const shift = shifts[0] as number;
        for (const other of shifts) expect(other).toBeCloseTo(shift, 12);
        values.forEach((value, i) => {
          if (projected[i] === 0) expect(value + shift).toBeLessThanOrEqual(1e-12);
        });
      }),
    );
  });

  it('gives what is computed by hand', () => {
    expect([...projectOnSimplex([0.5, 0.5])]).toEqual([0.5, 0.5]);
    expect([...projectOnSimplex([1, 1])]).toEqual([0.5, 0.5]);
    expect([...projectOnSimplex([2, 0])]).toEqual([1, 0]);
    expect([...projectOnSimplex([0.75, 0.5, -1])]).toEqual([0.625, 0.375, 0]);
    expect([...projectOnSimplex([-5])]).toEqual([1]);
    expect([...projectOnSimplex([3, 1], 2)]).toEqual([2, 0]);
    expect([...projectOnSimplex([])]).toEqual([]);
  });
});
