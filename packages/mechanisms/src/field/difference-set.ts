import { MechanismError } from '../errors.js';
import { type Field, galoisField } from './galois.js';
import { linearHash } from './linear-hash.js';
import { hasProjectiveOrder } from './projective-order.js';
import type { ProjectiveSpace } from './projective-space.js';
import { zerosOf } from './singer.js';

/**
 * A hyperplane of a projective space of K points, which are numbered 0 .. K-1 so that all other hyperplanes are its
 * translates: a set D of residues modulo K in which every difference but 0 occurs equally often.
 */
export interface DifferenceSet {
  /** K. */
  readonly size: number;
  /** Number of members. */
  readonly weight: number;
  /** How often each difference other than 0 occurs: members that D shares with a translate of its own. */
  readonly overlap: number;
  /** The members in ascending order, `index` below `weight`. */
  member(index: number): number;
  /** Whether `residue`, an integer from 0 to K-1, is a member. */
  has(residue: number): boolean;
}

/**
 * The difference set of a projective space. Singer 1938, "A theorem in finite projective geometry and some applications
 * to number theory". To make it again, from the field of f elements as `galoisField` numbers them:
 *
 * - A sequence of elements begins with t-1 zeros and a one, and goes on with s(i+t) = a(0) s(i) + .. + a(t-1) s(i+t-1).
 * - The coefficients are the digits of one number in base f, a(0) the lowest. Numbers are tried from 1 on.
 * - The first number is taken for which t-1 zeros in a row come back at s(K) .. s(K+t-2), and not before.
 * - D is the set of all i below K with s(i) = 0. On a line (t = 2) it is {0}.
 *
 * Why: t elements in a row, up to a common factor, are a point. The rule moves points linearly, as X moves polynomials modulo
 * X^t - a(t-1) X^(t-1) - .. - a(0); if it comes back to the first one only after K steps it has been at all of them, and i
 * stands for the i-th. "s(i) = 0" is a hyperplane, and moving it on by a step is a translation by one.
 *
 * The search runs when a member is first asked for: predictions need none. Some 10 ms for
 * thousands of points in a process just started, a second for millions.
 */
export function differenceSet(space: ProjectiveSpace): DifferenceSet {
  let found: readonly number[] | undefined;
  let all: ReadonlySet<number> | undefined;
  const members = (): readonly number[] => {
    found ??= space.dimension === 2 ? [0] : zerosOf(space, numberOf(space), linearHash(space.order));
    return found as readonly number[];
  };
  return Object.freeze({
    size: space.points,
    weight: space.weight,
    overlap: space.overlap,
    member: (index: number) => members()[index] as number,
    has(residue: number) {
      all ??= new Set(members());
      return all.has(residue);
    },
  });
}

/** The number that is taken, found by algebra instead: quick for millions of points. */
function numberOf({ order, dimension, points }: ProjectiveSpace): number {
  const field = galoisField(order);
  for (let number = 1; number < order ** dimension; number++) {
    const coefficients = Array.from({ length: dimension }, (_, place) => Math.floor(number / order ** place) % order);
    // With a root some points stay among themselves. That is soon seen, and so of most numbers.
    if (!hasRoot(field, coefficients) && hasProjectiveOrder(field, coefficients, points)) return number;
  }
  // Over a field there is one, by Singer's theorem: this ends the search over anything else.
  throw new MechanismError('option-invalid', 'the order of a projective space is the size of a field');
}

/** Whether an element is a root of X^t - a(t-1) X^(t-1) - .. - a(0). */
function hasRoot({ size, add, multiply, negate }: Field, coefficients: readonly number[]): boolean {
  for (let element = 0; element < size; element++) {
    let result = 1;
    for (let place = coefficients.length - 1; place >= 0; place--) {
      result = add(multiply(result, element), negate(coefficients[place] as number));
    }
    if (result === 0) return true;
  }
  return false;
}
