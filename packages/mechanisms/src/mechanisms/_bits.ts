import { ONE } from '../exact/flip.js';
import { type Ratio, ratio } from '../exact/ratio.js';
import { numerator, type Threshold } from '../random/bernoulli.js';

/** What mechanisms share whose reports are bits, each randomized by itself. */

/** Probability that a bit comes out set: where it was set before, and where it was not. */
export interface Bit<T> {
  readonly set: T;
  readonly unset: T;
}

/** Of probability 2^-64 `mass` to come out set, the chance that a bit came out as it did. */
export function outcome(mass: bigint, cameOutSet: boolean): Ratio {
  return ratio(cameOutSet ? mass : ONE - mass, ONE);
}

/** Chance that a bit comes out set of two channels in a row, in units of 2^-128. */
export function twice(mass: bigint, then: Bit<bigint>): bigint {
  return mass * then.set + (ONE - mass) * then.unset;
}

export function numerators({ set, unset }: Bit<Threshold>): Bit<bigint> {
  return { set: numerator(set), unset: numerator(unset) };
}
