import { type FrequencyMechanism, type IndexParams, normalQuantile, type WordSource } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { acceptedDomains, declareIndex } from '../../../mechanisms/test/contract/case.js';
import { exactSampler } from '../../src/exact/sampler.js';
import { multinomial } from '../../src/random/multinomial.js';

/** Every mechanism whose estimates are linear in the counters and which can be sampled. */
export const linear: readonly FrequencyMechanism[] = [...catalogue.values()].filter(
  (mechanism): mechanism is FrequencyMechanism => mechanism.answers === 'frequencies',
);

export const GRID = { domainSizes: [2, 16, 128, 1024], epsilons: [0.5, 1, 2, 4] } as const;

export interface Cell {
  readonly mechanism: FrequencyMechanism;
  readonly domainSize: number;
  readonly epsilon: number;
}

/** The cells of the grid that a mechanism takes: some take two values, or 64, at most. */
export function cellsOf(
  mechanism: FrequencyMechanism,
  { domainSizes, epsilons }: { readonly domainSizes: readonly number[]; readonly epsilons: readonly number[] } = GRID,
): readonly Cell[] {
  return acceptedDomains(mechanism, domainSizes).flatMap((domainSize) =>
    epsilons.map((epsilon) => ({ mechanism, domainSize, epsilon })),
  );
}

/** What the errors of many repetitions were, of the standard error that `variance` predicts. */
export interface Compared {
  readonly quantities: number;
  /** Mean square over all quantities, 1 on average; and how far from it in its own standard deviations. */
  readonly ratio: number;
  readonly score: number;
  /** Mean square of the quantity that is farthest from 1, and how far. */
  readonly worstRatio: number;
  readonly worstScore: number;
  /** The largest bias, in standard deviations of a mean of so many repetitions. */
  readonly worstBias: number;
  /** Mean square of the standard error that each estimate states. */
  readonly stated: number;
}

/** A score of the sum of `n` squares of standard normal numbers: Wilson, Hilferty 1931, whose cube root is hardly skewed. */
function squareScore(mean: number, n: number): number {
  return (Math.cbrt(mean) - (1 - 2 / (9 * n))) / Math.sqrt(2 / (9 * n));
}

/**
 * The population is Zipf with exponent 1.1, drawn once: the prediction is for one that is held fixed.
 *
 * @param distort - the prediction is multiplied by it: what the test must refuse
 */
export function compareErrors(
  { mechanism, domainSize, epsilon }: Cell,
  { installations, repetitions, distort = 1 }: { installations: number; repetitions: number; distort?: number },
  source: WordSource,
): Compared {
  const { aggregator } = mechanism;
  const params = declareIndex(mechanism, epsilon, domainSize);
  const holders = multinomial(
    source,
    installations,
    Float64Array.from({ length: domainSize }, (_, value) => (value + 1) ** -1.1),
  );
  const shares = holders.map((clients) => clients / installations);
  const truths = aggregator
    .quantities(params)
    .map(({ weights }) => shares.reduce((sum, share, value) => sum + share * weights(value), 0));
  const variances = predictions(mechanism, params, shares, installations);
  const sampler = exactSampler(mechanism, params);
  if (sampler === undefined) throw new Error(`${mechanism.id} cannot be sampled`);
  const sums = truths.map(() => ({ error: 0, square: 0 }));
  let [mean, meanSquare, stated] = [0, 0, 0];
  for (let i = 0; i < repetitions; i++) {
    let square = 0;
    const estimates = aggregator.estimate(params, sampler.sample(holders, source));
    estimates.forEach(({ value, standardError, n }, j) => {
      const variance = distort * (variances(n)[j] as number);
      const error = (value - (truths[j] as number)) / Math.sqrt(variance);
      const sum = sums[j] as (typeof sums)[number];
      sum.error += error;
      sum.square += error * error;
      square += error * error;
      stated += standardError ** 2 / variance;
    });
    mean += square / truths.length / repetitions;
    meanSquare += (square / truths.length) ** 2 / repetitions;
  }
  const deviation = Math.sqrt((meanSquare - mean * mean) / repetitions);
  const ratios = sums.map(({ square }) => square / repetitions);
  const worstRatio = ratios.reduce((worst, ratio) => (farther(ratio, worst, repetitions) ? ratio : worst), 1);
  return {
    quantities: truths.length,
    ratio: mean,
    score: (mean - 1) / deviation,
    worstRatio,
    worstScore: squareScore(worstRatio, repetitions),
    worstBias: Math.max(...sums.map(({ error }) => Math.abs(error))) / Math.sqrt(repetitions),
    stated: stated / repetitions / truths.length,
  };
}

function farther(a: number, b: number, n: number): boolean {
  return Math.abs(squareScore(a, n)) > Math.abs(squareScore(b, n));
}

/** By the number of answers: where reports answer one question of several it varies, and the variance with it. */
function predictions(
  { aggregator }: FrequencyMechanism,
  params: IndexParams,
  shares: Float64Array,
  installations: number,
): (answers: number) => Float64Array {
  const known = new Map<number, Float64Array>();
  return (answers) => {
    const variance = known.get(answers) ?? aggregator.variance(params, shares, answers, installations);
    known.set(answers, variance);
    return variance;
  };
}

/** Score that the largest of so many is beyond, whichever way, with a chance of at most `alpha`. */
export function limitOf(alpha: number, scores: number): number {
  return -normalQuantile(alpha / (2 * scores));
}
