import { binomialLaw, sumTails } from './binomial.js';
import { type SignedGroup, signedTail } from './saddlepoint.js';
import { floorOf, type SignedLaw } from './signed-law.js';

/** Intervals from few signed answers (`estimate/signed.ts`), which a normal law does not describe. */

/** Smallest expected number of answers of either sign, whatever the truth, for the score interval. */
const ENOUGH = 10;

export function isTooFew(law: SignedLaw, n: number): boolean {
  return (n * floorOf(law)) / 2 < ENOUGH;
}

/** The part of what an interval may miss that is spent on the mass of the block. */
const ON_THE_MASS = 0.1;

/** A share is told from zero if an interval of this confidence excludes that, and must be so surely. */
const TOLD = 0.95;
const SURELY = 0.95;

/** Shares are told apart no finer than this. */
const TINY = 1e-12;

/** To what part of themselves ends of intervals, and detection limits, are worked out. */
const FINE = 1e-6;
const COARSE = 1e-3;

/** The clients when a value has share `share` in a block with share `mass`, and what they answer. */
function population(law: SignedLaw, share: number, mass: number, n: number): readonly SignedGroup[] {
  const { keep } = law;
  const noise = floorOf(law) / 2;
  const block = Math.max(share, mass);
  return [
    { size: n * share, plus: keep + noise, minus: noise },
    { size: n * (block - share), plus: keep / 2 + noise, minus: keep / 2 + noise },
    { size: n * (1 - block), plus: noise, minus: noise },
  ];
}

/** P[plus - minus >= difference]; with `sign` -1, P[plus - minus <= -difference]. */
function tailAt(law: SignedLaw, share: number, mass: number, n: number, difference: number, sign = 1): number {
  const groups = population(law, share, mass, n);
  const seen = sign > 0 ? groups : groups.map(({ size, plus, minus }) => ({ size, plus: minus, minus: plus }));
  return signedTail(seen, difference);
}

/** The largest share of a block that so few answers leave possible: at least the truth, all but `alpha` of the times. */
function largestMass(law: SignedLaw, inBlock: number, n: number, alpha: number): number {
  const noise = floorOf(law);
  const isPossible = (holders: number) =>
    sumTails(binomialLaw(holders, law.keep + noise), binomialLaw(n - holders, noise), inBlock).atMost > alpha;
  let [possible, beyond] = [0, n + 1];
  while (beyond - possible > 1) {
    const middle = Math.floor((possible + beyond) / 2);
    if (isPossible(middle)) possible = middle;
    else beyond = middle;
  }
  return possible / n;
}

/** The last point of [0, 1] at which `holds`, which holds up to there; not beyond it, and within `part` of it. */
function lastWhere(holds: (x: number) => boolean, part: number): number {
  let [inside, outside] = [0, 1];
  while (outside - inside > Math.max(part * outside, TINY)) {
    const middle = (inside + outside) / 2;
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}

/** What an interval may miss on either side. */
function tailOf(confidence: number): number {
  return ((1 - ON_THE_MASS) * (1 - confidence)) / 2;
}

/** What `inBlock` of n answers about a block tell of its values. */
export interface SignedIntervals {
  /** From plus less minus; undefined where no share is possible. */
  interval(difference: number): readonly [number, number] | undefined;
  readonly detectionLimit: number;
}

/**
 * The tests of plus less minus are inverted, one in each tail, with the mass of the block at the largest that its count
 * leaves possible: the tails grow with it. (Berger, Boos 1994, "P values maximized over a confidence set for the nuisance
 * parameter".) So intervals are, if anything, too wide. Their ends lie in [0, 1].
 */
export function signedFew(law: SignedLaw, inBlock: number, n: number, confidence: number): SignedIntervals {
  const massAt = (level: number) => largestMass(law, inBlock, n, ON_THE_MASS * (1 - level));
  const mass = massAt(confidence);
  const alpha = tailOf(confidence);
  return {
    interval(difference) {
      const isTooSmall = (share: number) => tailAt(law, share, mass, n, difference) <= alpha;
      const isTooLarge = (share: number) => tailAt(law, share, mass, n, -difference, -1) <= alpha;
      if (isTooLarge(0) || isTooSmall(1)) return undefined;
      const low = isTooSmall(0) ? lastWhere(isTooSmall, FINE) : 0;
      const high = isTooLarge(1) ? 1 - lastWhere((rest) => isTooLarge(1 - rest), FINE) : 1;
      return [low, high];
    },
    detectionLimit: limitOf(law, confidence === TOLD ? mass : massAt(TOLD), n),
  };
}

/** The least share that, beside what its block holds now, brings 19 times in 20 a difference that zero hardly ever brings. */
function limitOf(law: SignedLaw, mass: number, n: number): number {
  const alpha = tailOf(TOLD);
  const isTold = (share: number): boolean => {
    const withIt = Math.min(1, mass + share);
    const isRare = (difference: number) => tailAt(law, 0, withIt, n, difference) <= alpha;
    let [common, rare] = [0, 1];
    while (rare <= n && !isRare(rare)) [common, rare] = [rare, 2 * rare];
    while (rare - common > 1) {
      const middle = Math.floor((common + rare) / 2);
      if (isRare(middle)) rare = middle;
      else common = middle;
    }
    return rare <= n && tailAt(law, share, withIt, n, rare) >= SURELY;
  };
  if (!isTold(1)) return Number.POSITIVE_INFINITY;
  return lastWhere((share) => !isTold(share), COARSE);
}
