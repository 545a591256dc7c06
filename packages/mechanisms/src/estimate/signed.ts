import type { Estimate } from '../mechanism.js';
import { normalQuantile } from './normal.js';
import { isTooFew, type SignedIntervals, signedFew } from './signed-few.js';
import { floorOf, type SignedLaw, signedSupport } from './signed-law.js';
import { supportEstimator } from './support.js';

/** Continuity correction, in answers, as in `estimate/support.ts` (docs/adr/0005). */
const CONTINUITY = 0.25;

/** Two-sided confidence at which a share is told from zero, and how surely it is: 19 times in 20 each. */
const TOLD = 1.959964;
const SURELY = 1.644854;

/** The estimate of a value of whom `plus` answers say +1 and `minus` -1. */
export type SignedEstimator = (plus: number, minus: number) => Estimate;

/**
 * The estimator of values from n answers. Equal counts are worked out once, so keep it for all values.
 *
 * Of one block alone every answer speaks, and +1 is support with probability 1/2 of what is not held: `supportEstimator`.
 * Otherwise the mass of the block is plugged in from its own count. Coverage: `test/signed.test.ts`.
 *
 * @param confidence - of each interval on its own, in (0, 1)
 */
export function signedEstimator(law: SignedLaw, n: number, confidence = 0.95): SignedEstimator {
  if (n === 0 || law.blocks === 1) {
    const support = signedSupport(law);
    const estimate = supportEstimator(support, n, { confidence });
    return remember(() => (difference) => estimate((n + difference) / 2));
  }
  return remember(blockEstimator(law, n, confidence));
}

/** Of a block about which so many answers are: from plus less minus to the estimate. */
type BlockEstimator = (inBlock: number) => (difference: number) => Estimate;

function remember(block: BlockEstimator): SignedEstimator {
  const blocks = new Map<number, (difference: number) => Estimate>();
  return (plus, minus) => {
    let estimate = blocks.get(plus + minus);
    if (estimate === undefined) {
      estimate = once(block(plus + minus));
      blocks.set(plus + minus, estimate);
    }
    return estimate(plus - minus);
  };
}

function once(estimate: (difference: number) => Estimate): (difference: number) => Estimate {
  const known = new Map<number, Estimate>();
  return (difference) => {
    const found = known.get(difference) ?? estimate(difference);
    known.set(difference, found);
    return found;
  };
}

/** Mean square of an answer, from their number: no less than if nobody held a value of the block, no more than if all did. */
function squareOf(law: SignedLaw, inBlock: number, n: number): number {
  return Math.min(law.keep + floorOf(law), Math.max(floorOf(law), inBlock / n));
}

function standardErrorAt(law: SignedLaw, square: number, value: number, n: number): number {
  const { keep } = law;
  const share = Math.min(1, Math.max(0, value));
  // The block holds the value, so its mass is no smaller.
  const least = floorOf(law) + keep * share;
  return Math.sqrt((Math.max(square, least) - keep * keep * share) / n) / keep;
}

function blockEstimator(law: SignedLaw, n: number, confidence: number): BlockEstimator {
  const z = normalQuantile(0.5 + confidence / 2);
  const isFew = isTooFew(law, n);
  return (inBlock) => {
    const square = squareOf(law, inBlock, n);
    const score = (difference: number) => scoreInterval(law, square, difference, n, z);
    const { interval, detectionLimit }: SignedIntervals = isFew
      ? signedFew(law, inBlock, n, confidence)
      : { interval: score, detectionLimit: normalLimit(law, square, n) };
    return (difference) => {
      const value = difference / (n * law.keep);
      // Where no share is possible the score interval says by how much.
      const [low, high] = interval(difference) ?? score(difference);
      return { value, standardError: standardErrorAt(law, square, value, n), low, high, n, detectionLimit };
    };
  };
}

/**
 * The shares f that a two-sided score test does not refuse: |difference - n keep f| - 1/4 <= z sqrt(n (square - keep^2 f)), a
 * quadratic. Like that of `estimate/support.ts` it is not cut to the range of the truth, and solved for the distance.
 */
function scoreInterval(
  { keep }: SignedLaw,
  square: number,
  difference: number,
  n: number,
  z: number,
): readonly [number, number] {
  const k = (z * z) / n;
  const end = (x: number, sign: number): number => {
    const b = k * keep;
    const distance = (sign * Math.sqrt(Math.max(0, b * b + 4 * k * (square - keep * x))) - b) / 2;
    return (x + distance) / keep;
  };
  return [end((difference - CONTINUITY) / n, -1), end((difference + CONTINUITY) / n, 1)];
}

/** The f with f - 1.645 se(f) = 1.960 se(0), in a block that holds f beside what it holds now. */
function normalLimit(law: SignedLaw, square: number, n: number): number {
  const { keep } = law;
  const most = keep + floorOf(law);
  let share = 0;
  for (let i = 0; i < 50; i++) {
    const now = Math.min(most, square + keep * Math.min(1, share));
    const spread = TOLD * Math.sqrt(now) + SURELY * Math.sqrt(Math.max(0, now - keep * keep * Math.min(1, share)));
    share = spread / (Math.sqrt(n) * keep);
  }
  return share;
}
