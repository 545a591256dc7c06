import { normalQuantile, normalTail } from '@dither/mechanisms';
import type { Measured } from './measure.js';

/** Predictions are good to about half a deviate: a fifth of an epsilon. */
const PRIOR = 0.5;

/** Further than any prediction is wrong. */
const FURTHEST = 8;

/**
 * By how many normal deviates a promise is more than kept: the most likely figure after so many repetitions, of one that is
 * normal around zero beforehand, as good as predictions are. Few repetitions, all of them as promised, then say little, where the
 * share alone would say everything or nothing.
 *
 * @param chance - what is promised
 */
export function offsetOf({ met, repetitions }: Measured, chance: number): number {
  const promised = normalQuantile(chance);
  /** Slope of the logarithm of the likelihood: it falls. */
  const slopeAt = (offset: number): number => {
    const z = promised + offset;
    return met * millsOf(-z) - (repetitions - met) * millsOf(z) - offset / PRIOR ** 2;
  };
  let [low, high] = [-FURTHEST, FURTHEST];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (slopeAt(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** By how many deviates an offset of so many repetitions may be mistaken: one standard error, at the promise. */
export function offsetError(repetitions: number, chance: number): number {
  return Math.sqrt((chance * (1 - chance)) / repetitions) / density(normalQuantile(chance));
}

/** Density over upper tail. */
function millsOf(z: number): number {
  return density(z) / normalTail(z);
}

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}
