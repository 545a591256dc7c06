import type { Estimate } from '../mechanism.js';
import { normalQuantile } from './normal.js';

/** Reports that each say a number whose expectation is the client's own. */
export interface MeanSample {
  /** Of each symbol: the number it says. */
  readonly says: ArrayLike<number>;
  /** Reports of each symbol. */
  readonly counts: ArrayLike<number>;
  /** All reports. */
  readonly n: number;
  /** The truth is a mean of numbers from 0 to this. */
  readonly most: number;
  /** Steps of the grid that reports lie on. */
  readonly steps: number;
  /** Variance of one report, the client's number being fixed: the mean over the reporting clients, or a bound of it. */
  readonly variance: number;
  /** The most that can be, whatever the clients hold. */
  readonly worst: number;
}

/** The least and the most that a symbol says. */
export function extremes(says: ArrayLike<number>): readonly [least: number, most: number] {
  const all = Array.from(says);
  return [Math.min(...all), Math.max(...all)];
}

/**
 * The mean of what the reports say, with a normal interval that is widened by so much of what one report can move: where
 * reports that lie far off are so rare that most samples hold none, the normal law promises too much. The widening makes
 * up for one that comes with just the probability `miss` by which the interval may fail, and lies as far off as a random
 * other place of the grid does from an end: a normal interval is then only z sqrt(miss) of that distance. At confidence .95
 * it is .28 of the reach over n on a fine grid, twice that on a grid of one step.
 */
export function estimateMean(sample: MeanSample, confidence: number): Estimate {
  const { says, counts, n, most, variance, worst } = sample;
  if (n === 0) {
    const infinite = Number.POSITIVE_INFINITY;
    return { value: Number.NaN, standardError: infinite, low: 0, high: most, n: 0, detectionLimit: infinite };
  }
  let sum = 0;
  // From the middle, where what is said cancels; the rest is exact.
  for (let j = 0; j < says.length; j++) sum += (counts[j] as number) * ((says[j] as number) - most / 2);
  const value = most / 2 + sum / n;
  const standardError = Math.sqrt(variance / n);
  const half = normalQuantile(0.5 + confidence / 2) * standardError + widening(sample, confidence);
  return {
    value,
    standardError,
    low: value - half,
    high: value + half,
    n,
    detectionLimit: (TOLD_Z + POWER_Z) * Math.sqrt(worst / n) + widening(sample, 0.95),
  };
}

function widening({ says, n, steps }: MeanSample, confidence: number): number {
  const [least, most] = extremes(says);
  const away = ((most - least) * (1 + 1 / steps)) / 2;
  return (away * (1 - normalQuantile(0.5 + confidence / 2) * Math.sqrt(1 - confidence))) / n;
}

/** A two-sided 95% interval excludes zero, 19 times in 20. */
const TOLD_Z = 1.959964;
const POWER_Z = 1.644854;
