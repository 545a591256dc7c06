import { signedEstimator } from '../estimate/signed.js';
import { type SignedLaw, signedSupport, signedVariance } from '../estimate/signed-law.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import type { FrequencyAggregator, IndexParams, State } from '../mechanism.js';
import { type Threshold, threshold } from '../random/bernoulli.js';
import { checkState, emptyState, mergeStates } from '../state.js';
import { frequencies } from './_frequency.js';

/**
 * What the two mechanisms on Hadamard matrices share. Values are in blocks of `width` each; a report is about one block, and
 * for or against each value of it, as an entry of the matrix says.
 */
export interface HadamardParams extends IndexParams {
  /** Probability of the truth; otherwise a report is uniform. */
  readonly keep: Threshold;
  /** A power of two. */
  readonly blocks: number;
  /** Values of a block. */
  readonly width: number;
}

export const MAX_HADAMARD_DOMAIN = 1_048_576;

/** (E-1)/(E+outputs-1) rounded down to a multiple of 2^-64, E = e^(numerator/denominator). */
export function keepBelow(numerator: bigint, denominator: bigint, outputs: number): Threshold {
  const e = expBelow(numerator, denominator);
  return threshold((ONE * (e - SCALE)) / (e + BigInt(outputs - 1) * SCALE));
}

/** What a state says, per value and per block. */
export interface Answers {
  /** Reports for less reports against each value of the domain. */
  readonly differences: ArrayLike<number>;
  /** Reports about each block. */
  readonly inBlock: ArrayLike<number>;
}

type Decoding<P extends HadamardParams, R> = Pick<
  FrequencyAggregator<P, R>,
  'id' | 'decode' | 'accumulate' | 'accumulateAll'
> & {
  readonly law: (params: P) => SignedLaw;
  /** Length of the state. */
  readonly counters: (params: P) => number;
  readonly answers: (params: P, state: State) => Answers;
};

/** Estimate and variance are those of `estimate/signed-law.ts`. */
export function hadamardAggregator<P extends HadamardParams, R>({
  law,
  counters,
  answers,
  ...own
}: Decoding<P, R>): FrequencyAggregator<P, R> {
  return {
    ...own,
    empty: (params) => emptyState(params, counters(params)),
    merge: (_params, state, other) => mergeStates(state, other),
    isDistribution: true,
    quantities: (params) => frequencies(params.domainSize, signedSupport(law(params))),
    estimate(params, state, confidence = 0.95) {
      checkState(params, state);
      const { differences, inBlock } = answers(params, state);
      const estimate = signedEstimator(law(params), state.n, confidence);
      return Array.from({ length: params.domainSize }, (_, value) => {
        const about = inBlock[blockOf(params, value)] as number;
        const difference = differences[value] as number;
        return estimate((about + difference) / 2, (about - difference) / 2);
      });
    },
    variance(params, shares, n) {
      const mass = new Float64Array(params.blocks);
      for (let value = 0; value < shares.length; value++) {
        const block = blockOf(params, value);
        mass[block] = (mass[block] as number) + (shares[value] as number);
      }
      return Float64Array.from(shares, (share, value) =>
        signedVariance(law(params), share, mass[blockOf(params, value)] as number, n),
      );
    },
  };
}

export function blockOf(p: HadamardParams, value: number): number {
  return Math.floor(value / p.width);
}
