import { checkInteger, checkValue } from '../check.js';
import { COHORT_DRAWS } from '../encode/cohort-hash.js';
import { MechanismError } from '../errors.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { coarser, ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { type Ratio, ratio } from '../exact/ratio.js';
import type { IndexParams, Stages } from '../mechanism.js';
import type { Bit } from './_bits.js';

/** What is to be latched, and under which draw. @throws MechanismError `value-out-of-range` */
export function checkLatched(p: IndexParams, value: number, draw: number): void {
  checkValue(value, p.domainSize);
  checkValue(draw, COHORT_DRAWS);
}

/** A daily report for a year. */
const MAX_REPORTS = 366;

/** Kept of a power: far more than an epsilon in millionths can show. */
const BITS = 256n;

/** @throws MechanismError `option-invalid`; a single report needs no second stage */
export function checkEpoch(reports: number): void {
  checkInteger('option-invalid', 'reports', reports, 2, MAX_REPORTS);
}

/** The epsilons of two stages, in millionths. @throws MechanismError `epsilon-out-of-range`, `option-invalid` */
export function microStages({ epsilonFirst, epsilonInfinity, reports }: Stages): {
  readonly first: number;
  readonly infinity: number;
} {
  const first = microEpsilon(epsilonFirst);
  const infinity = microEpsilon(epsilonInfinity);
  if (first >= infinity) throw new MechanismError('epsilon-out-of-range', 'epsilonFirst is below epsilonInfinity');
  checkEpoch(reports);
  return { first, infinity };
}

/** An epsilon in millionths, rounded up; the factor makes up for the rounding of the product. */
export function microAbove(epsilon: number): number {
  return Math.ceil(epsilon * MICRO * (1 + 2 ** -50));
}

/**
 * Two symmetric stages in a row, each losing a set bit as often as it sets another.
 *
 * @param microFirst - epsilon of both together, in millionths, below `microInfinity`, that of the first
 * @param parts - log likelihood ratios of one bit that epsilon is divided among
 * @returns in units of 2^-64: how often the first stage flips a bit, and the second
 */
export function symmetricStages(
  microFirst: number,
  microInfinity: number,
  parts: number,
): { readonly lost: bigint; readonly flipped: bigint } {
  const split = BigInt(parts * MICRO);
  // The first stage flips with 1/(e^(epsilonInfinity/parts) + 1), or so little more that the second still has its share.
  const least = (ONE * SCALE) / (expBelow(BigInt(microInfinity), split) + SCALE) + 1n;
  const lost = coarser(least, least, BigInt(microInfinity - microFirst), split);
  // Both together flip with 1/(e^(epsilonFirst/parts) + 1) = lost + flipped (1 - 2 lost): solved for the second.
  const e = expBelow(BigInt(microFirst), split);
  const both = (ONE * SCALE) / (e + SCALE) + 1n;
  const exact = (ONE * (both - lost)) / (ONE - 2n * lost) + 1n;
  return { lost, flipped: coarser(exact, both, BigInt(microFirst), split) };
}

/** An upper bound of a times b, in about 256 bits. */
function timesAbove(a: Ratio, b: Ratio): Ratio {
  const numerator = a.numerator * b.numerator;
  const denominator = a.denominator * b.denominator;
  const excess = BigInt(denominator.toString(16).length * 4) - BITS;
  return excess <= 0n ? ratio(numerator, denominator) : ratio((numerator >> excess) + 1n, denominator >> excess);
}

/** ln( (own x + 1-own) / (other x + 1-other) ) of a ratio x of at least 1: grows with x, so an upper bound gives one. */
function loss(own: bigint, other: bigint, x: Ratio): number {
  const mixed = (mass: bigint) => mass * x.numerator + (ONE - mass) * x.denominator;
  return lnAbove(mixed(own), mixed(other));
}

/**
 * Epsilon of the first 1, 2, .. `reports` reports of one stored value, in millionths rounded up.
 *
 * @param most - that of any number of them, by the integers in use
 * @param odds - of what the instantaneous stage says of each thing stored
 * @param charge - epsilon of so many reports of which these powers of the odds are all that matters
 */
function charges(
  reports: number,
  most: number,
  odds: readonly Ratio[],
  charge: (powers: readonly Ratio[]) => number,
): number[] {
  const all: number[] = [];
  let powers = odds;
  for (let r = 1; r <= reports; r++) {
    // Once it cannot rise by a millionth any more, the powers need not be taken further.
    if (all.at(-1) !== microAbove(most)) {
      all.push(Math.min(microAbove(most), microAbove(charge(powers))));
      powers = powers.map((power, i) => timesAbove(power, odds[i] as Ratio));
    } else all.push(microAbove(most));
  }
  return all;
}

/** What `microEpoch` is: of one report what was declared, of more no more than of all. */
export function microEpoch(charged: readonly number[], first: number, infinity: number): readonly number[] {
  return Object.freeze(charged.map((micro, i) => (i === 0 ? first : Math.min(micro, infinity))));
}

/**
 * Charges of bits randomized one by one, two values differing in `hashes` of them each way, from the integers in use. The
 * formula is that of `rappor`'s header; only ratios of powers matter, so they are kept rounded up.
 */
export function bitCharges(
  hashes: number,
  permanent: Bit<bigint>,
  instantaneous: Bit<bigint>,
  reports: number,
): number[] {
  const most = lnAbove(permanent.set, permanent.unset) + lnAbove(ONE - permanent.unset, ONE - permanent.set);
  const set = ratio(instantaneous.set, instantaneous.unset);
  const unset = ratio(ONE - instantaneous.unset, ONE - instantaneous.set);
  return charges(reports, hashes * most, [set, unset], ([allSet, allUnset]) => {
    const perBit =
      loss(permanent.set, permanent.unset, allSet as Ratio) +
      loss(ONE - permanent.unset, ONE - permanent.set, allUnset as Ratio);
    return hashes * perBit;
  });
}

/**
 * Charges of two rounds of randomized response over g cells, A and c their odds of the own cell over another:
 * ln( (A c^r + g-1) / (A + c^r + g-2) ), the worst being the same cell each time. It grows with c^r.
 */
export function cellCharges(permanent: Ratio, instantaneous: Ratio, cells: number, reports: number): number[] {
  const [a, g] = [permanent, BigInt(cells)];
  return charges(reports, lnAbove(a.numerator, a.denominator), [instantaneous], ([power]) => {
    const c = power as Ratio;
    return lnAbove(
      a.numerator * c.numerator + (g - 1n) * a.denominator * c.denominator,
      a.numerator * c.denominator + a.denominator * c.numerator + (g - 2n) * a.denominator * c.denominator,
    );
  });
}
