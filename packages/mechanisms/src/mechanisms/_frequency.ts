import { type Shared, type Support, supportEstimator } from '../estimate/support.js';
import type { FrequencyAggregator, IndexParams, Quantity, State } from '../mechanism.js';
import { checkState, emptyState, mergeStates } from '../state.js';

/** The frequencies of the values of a domain, of which a report supports each with p or q. */
export function frequencies(domainSize: number, support: Support): readonly Quantity[] {
  const reach = supportReach(support);
  return Array.from({ length: domainSize }, (_, index) => ({
    name: 'frequency',
    index,
    weights: (value) => (value === index ? 1 : 0),
    reach,
  }));
}

/** What a report that does not support a value, and one that does, says of its share. */
export function supportReach({ p, q }: Support): readonly [number, number] {
  return [-q / (p - q), (1 - q) / (p - q)];
}

/** What is a mechanism's own: how its reports read, and which values a report supports. */
type Decoding<P extends IndexParams, R> = Pick<
  FrequencyAggregator<P, R>,
  'id' | 'decode' | 'accumulate' | 'accumulateAll'
> & {
  readonly support: (params: P) => Support;
  /** Of two stages: what reports of one epoch share, the permanent one. */
  readonly shared?: (params: P) => Shared;
  /** Length of the state, where it counts something else than the supporting reports of each value. */
  readonly counters?: (params: P) => number;
  /** From such a state, how many reports support each value of the domain: `domainSize` whole numbers. */
  readonly supportCounts?: (params: P, state: State) => ArrayLike<number>;
};

/**
 * The aggregator of a mechanism whose estimates rest on how many reports support each value of the domain.
 *
 * Estimate (C/n - q)/(p - q); variance (f p(1-p) + (1-f) q(1-q)) / (n (p-q)^2), the population held fixed.
 * Wang, Blocki, Li, Jha 2017, section 3.
 */
export function frequencyAggregator<P extends IndexParams, R>({
  support,
  shared,
  counters = ({ domainSize }) => domainSize,
  supportCounts = (_params, { counts }) => counts,
  ...own
}: Decoding<P, R>): FrequencyAggregator<P, R> {
  return {
    ...own,
    empty: (params) => emptyState(params, counters(params)),
    merge: (_params, state, other) => mergeStates(state, other),
    isDistribution: true,
    quantities: (params) => frequencies(params.domainSize, support(params)),
    estimate(params, state, confidence = 0.95, repeats = 1) {
      checkState(params, state);
      const options = shared === undefined ? { confidence } : { confidence, repeats, shared: shared(params) };
      return Array.from(supportCounts(params, state), supportEstimator(support(params), state.n, options));
    },
    variance(params, shares, n) {
      const { p, q } = support(params);
      const scale = n * (p - q) ** 2;
      const variances = new Float64Array(shares.length);
      // Not `Float64Array.from`: a million values take it a second.
      for (let value = 0; value < variances.length; value++) {
        const share = shares[value] as number;
        variances[value] = (share * p * (1 - p) + (1 - share) * q * (1 - q)) / scale;
      }
      return variances;
    },
  };
}
