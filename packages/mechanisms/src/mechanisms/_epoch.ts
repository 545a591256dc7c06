import { MICRO } from '../exact/epsilon.js';
import { lnAbove } from '../exact/logarithm.js';
import { type Ratio, ratio } from '../exact/ratio.js';
import { type Bit, ONE } from './_bloom.js';

/** Kept of a power: far more than an epsilon in millionths can show. */
const BITS = 256n;

/** An epsilon in millionths, rounded up; the factor makes up for the rounding of the product. */
export function microAbove(epsilon: number): number {
  return Math.ceil(epsilon * MICRO * (1 + 2 ** -50));
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
 * Epsilon of the first 1, 2, .. `reports` reports of one stored filter, in millionths rounded up, from the integers in use.
 * The formula is that of `rappor`'s header; only ratios of powers matter, so they are kept rounded up.
 */
export function epochCharges(
  hashes: number,
  permanent: Bit<bigint>,
  instantaneous: Bit<bigint>,
  reports: number,
): number[] {
  const set = ratio(instantaneous.set, instantaneous.unset);
  const unset = ratio(ONE - instantaneous.unset, ONE - instantaneous.set);
  const most = microAbove(
    hashes * (lnAbove(permanent.set, permanent.unset) + lnAbove(ONE - permanent.unset, ONE - permanent.set)),
  );
  const charges: number[] = [];
  let [allSet, allUnset] = [set, unset];
  for (let r = 1; r <= reports; r++) {
    // Once it cannot rise by a millionth any more, the powers need not be taken further.
    const last = charges.at(-1);
    if (last === most) {
      charges.push(most);
      continue;
    }
    const perBit =
      loss(permanent.set, permanent.unset, allSet) + loss(ONE - permanent.unset, ONE - permanent.set, allUnset);
    charges.push(Math.min(most, microAbove(hashes * perBit)));
    allSet = timesAbove(allSet, set);
    allUnset = timesAbove(allUnset, unset);
  }
  return charges;
}
