import { toNumber } from '../exact/ratio.js';
import type { Channel, IndexParams } from '../mechanism.js';

/** A channel as estimation sees it, in doubles: P[output | value], used in both directions. */
export interface ShareChannel {
  readonly values: number;
  readonly outputs: number;
  /** Chance of each output. @param shares - of each value, summing to one */
  law(shares: ArrayLike<number>): Float64Array;
  /** Expectation, for each value, of a score of the output. */
  expectations(scores: ArrayLike<number>): Float64Array;
}

export interface UpdateOptions {
  /** Stops once steps change the log-likelihood by less than this on average; 1e-4 unless told. */
  readonly tolerance?: number;
  /** 10,000 unless told. */
  readonly maxSteps?: number;
  /** Changes the shares in place after each step, which then need not raise the likelihood. */
  readonly smooth?: (shares: Float64Array) => void;
}

export interface UpdatedShares {
  /** Of each value; none negative, sum one. */
  readonly shares: Float64Array;
  readonly steps: number;
}

/** The log-likelihood costs about as much as a step, and changes little between two. */
const CHECK_EVERY = 8;

/**
 * Iterative Bayesian update: the shares of the values that make the counted outputs most likely, by expectation
 * maximization from a uniform start. Each step is Bayes' rule, the shares before it being the prior.
 *
 * A post-processing: the shares lie on the simplex, have a lower mean squared error than the unbiased estimates where the
 * domain is small and most values are held, and are biased for each single value. Shown beside the unbiased estimate,
 * never instead of it. Agrawal, Aggarwal 2001, "On the design and quantification of privacy preserving data mining
 * algorithms", section 4; ElSalamouny, Palamidessi 2020, "Generalized iterative Bayesian update".
 *
 * @param counts - reports of each output; without any the shares are uniform
 */
export function updateShares(
  channel: ShareChannel,
  counts: ArrayLike<number>,
  { tolerance = 1e-4, maxSteps = 10_000, smooth }: UpdateOptions = {},
): UpdatedShares {
  const { values, outputs } = channel;
  let n = 0;
  for (let j = 0; j < outputs; j++) n += counts[j] as number;
  const shares = new Float64Array(values).fill(1 / values);
  if (n === 0) return { shares, steps: 0 };
  const weights = new Float64Array(outputs);
  let last = Number.NEGATIVE_INFINITY;
  for (let steps = 0; steps < maxSteps; steps++) {
    const law = channel.law(shares);
    if (steps % CHECK_EVERY === 0) {
      const likelihood = logLikelihood(counts, law);
      if (Math.abs(likelihood - last) < CHECK_EVERY * tolerance) return { shares, steps };
      last = likelihood;
    }
    for (let j = 0; j < outputs; j++) {
      const count = counts[j] as number;
      weights[j] = count === 0 ? 0 : count / (n * (law[j] as number));
    }
    const factors = channel.expectations(weights);
    let total = 0;
    for (let value = 0; value < values; value++) {
      shares[value] = (shares[value] as number) * (factors[value] as number);
      total += shares[value] as number;
    }
    for (let value = 0; value < values; value++) shares[value] = (shares[value] as number) / total;
    smooth?.(shares);
  }
  return { shares, steps: maxSteps };
}

/** Log-likelihood of counted outputs, up to a constant. @param law - chance of each output */
export function logLikelihood(counts: ArrayLike<number>, law: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < law.length; j++) {
    const count = counts[j] as number;
    if (count > 0) sum += count * Math.log(law[j] as number);
  }
  return sum;
}

/** The channel of likelihoods. @param rows - entry v holds P[output | value v], all of one length */
export function matrixChannel(rows: readonly ArrayLike<number>[]): ShareChannel {
  const outputs = rows[0]?.length ?? 0;
  return {
    values: rows.length,
    outputs,
    law(shares) {
      const law = new Float64Array(outputs);
      rows.forEach((row, value) => {
        const share = shares[value] as number;
        for (let j = 0; j < outputs; j++) law[j] = (law[j] as number) + share * (row[j] as number);
      });
      return law;
    },
    expectations: (scores) =>
      Float64Array.from(rows, (row) => {
        let sum = 0;
        for (let j = 0; j < outputs; j++) sum += (row[j] as number) * (scores[j] as number);
        return sum;
      }),
  };
}

/** The rows of a mechanism's channel: `domainSize` times as many numbers as it has reports, in the order of these. */
export function likelihoodRows<P extends IndexParams, R>(channel: Channel<P, R>, params: P): Float64Array[] {
  const reports = [...channel.reports(params)];
  return Array.from({ length: params.domainSize }, (_, value) =>
    Float64Array.from(reports, (report) => toNumber(channel.likelihood(params, value, report))),
  );
}
