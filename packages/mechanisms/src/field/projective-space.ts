import { characteristicOf } from './galois.js';

/** The points and hyperplanes of the projective space over a finite field: PG(dimension - 1, order). */
export interface ProjectiveSpace {
  /** Number of elements of the field, a prime power f. */
  readonly order: number;
  /** Dimension of the vector space whose lines are the points: t, at least 2. */
  readonly dimension: number;
  /** Points, and hyperplanes: (f^t - 1)/(f - 1). */
  readonly points: number;
  /** Points of a hyperplane: (f^(t-1) - 1)/(f - 1). */
  readonly weight: number;
  /** Points that two hyperplanes share: (f^(t-2) - 1)/(f - 1). */
  readonly overlap: number;
}

/** @param order - a prime power; not checked */
export function projectiveSpace(order: number, dimension: number): ProjectiveSpace {
  const overlap = (order ** (dimension - 2) - 1) / (order - 1);
  const weight = overlap * order + 1;
  return Object.freeze({ order, dimension, points: weight * order + 1, weight, overlap });
}

/** The projective line with the fewest points, of those with at least `least`. */
export function shortestLine(least: number): ProjectiveSpace {
  let order = Math.max(2, least - 1);
  while (characteristicOf(order) === undefined) order++;
  return projectiveSpace(order, 2);
}

/** All projective spaces that are more than a line and have from `least` to `most` points. */
export function projectiveSpaces(least: number, most: number): readonly ProjectiveSpace[] {
  const spaces: ProjectiveSpace[] = [];
  for (let order = 2; projectiveSpace(order, 3).points <= most; order++) {
    if (characteristicOf(order) === undefined) continue;
    let space = projectiveSpace(order, 3);
    for (; space.points <= most; space = projectiveSpace(order, space.dimension + 1)) {
      if (space.points >= least) spaces.push(space);
    }
  }
  return spaces;
}
