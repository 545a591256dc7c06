import type { DifferenceSet } from './difference-set.js';
import { linearHash } from './linear-hash.js';
import type { ProjectiveSpace } from './projective-space.js';

/**
 * What a device needs of a difference set, by its definition (`difference-set.ts`) word for word: the sequences of all numbers
 * are run until one is right. That is little code, and slow: some 10 ms for thousands of points, .1 s for a hundred thousand,
 * seconds and more for millions, which an app that lists its values does not have.
 */
export function membersOf(space: ProjectiveSpace): Pick<DifferenceSet, 'member'> {
  let found: readonly number[] | undefined;
  return {
    member(index) {
      found ??= search(space);
      return found[index] as number;
    },
  };
}

function search(space: ProjectiveSpace): readonly number[] {
  if (space.dimension < 3) return [0];
  const next = linearHash(space.order);
  for (let number = 1; ; number++) {
    const zeros = zerosOf(space, number, next);
    if (zeros) return zeros;
  }
}

/**
 * Where the sequence of a number is zero below K; undefined unless t-1 zeros in a row come back at K, and not before. Elements
 * i to i+t-1 are held as the digits of one integer, the first the lowest.
 */
export function zerosOf(
  { order, dimension, points }: ProjectiveSpace,
  number: number,
  next: ReturnType<typeof linearHash>,
): readonly number[] | undefined {
  const first = order ** (dimension - 1);
  const zeros: number[] = [];
  let elements = first;
  let i = 0;
  do {
    if (elements % order === 0) zeros.push(i);
    elements = Math.floor(elements / order) + first * next(number, elements);
    i++;
  } while (i < points && elements % first > 0);
  return i === points && elements % first === 0 ? zeros : undefined;
}
