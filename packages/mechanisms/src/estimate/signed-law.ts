import type { Support } from './support.js';

/**
 * Estimation from signed answers: of n answers some say +1 of a value, some -1, and the others, about another block of values,
 * nothing. With probability `keep` an answer tells the truth: +1 from who holds the value; a fair coin, +1 or -1, from who
 * holds another value of its block; nothing from everybody else. Otherwise it is about any block and has any sign, all as likely.
 *
 * The mean of an answer is keep f, f the value's share, and its mean square is keep W + floor, W being the share of the whole
 * block and floor = (1 - keep)/blocks. So the estimate is (plus - minus)/(n keep), and its variance, the population held fixed,
 * (W/keep + floor/keep^2 - f)/n: an answer about the block is noise to all its values.
 */
export interface SignedLaw {
  readonly keep: number;
  /** Number of blocks, whatever they hold. */
  readonly blocks: number;
}

/** Chance of an answer about a block nobody of which was kept: of either sign together. */
export function floorOf({ keep, blocks }: SignedLaw): number {
  return (1 - keep) / blocks;
}

/** Exact variance of the estimate of a value with share `share` in a block with share `mass`, from n answers. */
export function signedVariance(law: SignedLaw, share: number, mass: number, n: number): number {
  return (mass / law.keep + floorOf(law) / law.keep ** 2 - share) / n;
}

/**
 * If all answers were about the block, +1 would support a value with these probabilities. An answer says as much of a value
 * among other blocks: 1/keep for or against it.
 */
export function signedSupport({ keep }: SignedLaw): Support {
  return { p: (1 + keep) / 2, q: 0.5 };
}
