import { expBelow, SCALE } from './exponential.js';

/** Certainty, in the units of a threshold. */
export const ONE = 1n << 64n;

/** The least number of binary digits of a probability by which many bits are randomized. */
const LEAST_DIGITS = 16n;

/** What rounding may cost: this part of epsilon. */
const PART = 10_000n;

/**
 * The probability 1/(e^x + 1), x = numerator/denominator in (0, 32], rounded up to so few binary digits that it costs at most
 * a ten-thousandth of x: 16 at x = 1. Fewer digits are fewer words (`random/lanes.ts`); rounded up it is more noise.
 *
 * @returns in units of 2^-64, above 0 and at most 2^63
 */
export function flipAbove(numerator: bigint, denominator: bigint): bigint {
  const exact = (ONE * SCALE) / (expBelow(numerator, denominator) + SCALE) + 1n;
  return coarser(exact, exact, numerator, denominator);
}

/**
 * `mass` rounded up to so few binary digits that the log odds of `odds`, a probability that is moved by at most as much, move
 * by at most a ten-thousandth of x = numerator/denominator. All in integers: two engines must not disagree on a digit.
 *
 * @param mass, odds - in units of 2^-64
 */
export function coarser(mass: bigint, odds: bigint, numerator: bigint, denominator: bigint): bigint {
  // d ln(q/(1-q)) = dq / (q(1-q)), and dq is below one unit of the last digit.
  let digits = LEAST_DIGITS;
  while (digits < 64n && (numerator * odds * (ONE - odds)) << digits < PART * denominator * ONE * ONE) digits++;
  const unit = 1n << (64n - digits);
  return ((mass + unit - 1n) / unit) * unit;
}
