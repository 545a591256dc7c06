import { estimateSupport, type Support } from '../estimate/support.js';
import type { Estimate, FrequencyAggregator, IndexParams, Quantity } from '../mechanism.js';
import { checkState, emptyState, mergeStates } from '../state.js';

/** The frequency of each value of the domain. */
function frequency(index: number): Quantity {
  return { name: 'frequency', index, weights: (value) => (value === index ? 1 : 0) };
}

/** What is a mechanism's own: how its reports read, and which values a report supports. */
type Decoding<P extends IndexParams, R> = Pick<FrequencyAggregator<P, R>, 'id' | 'params' | 'decode' | 'accumulate'> & {
  readonly support: (params: P) => Support;
};

/**
 * The aggregator of a mechanism whose state counts the reports that support each value of the domain.
 *
 * Estimate (C/n - q)/(p - q); variance (f p(1-p) + (1-f) q(1-q)) / (n (p-q)^2), the population held fixed.
 * Wang, Blocki, Li, Jha 2017, section 3.
 */
export function frequencyAggregator<P extends IndexParams, R>({
  support,
  ...own
}: Decoding<P, R>): FrequencyAggregator<P, R> {
  return {
    ...own,
    empty: (params) => emptyState(params, params.domainSize),
    merge: (_params, state, other) => mergeStates(state, other),
    isDistribution: true,
    quantities: (params) => Array.from({ length: params.domainSize }, (_, index) => frequency(index)),
    estimate(params, state, confidence = 0.95) {
      checkState(params, state);
      // In a large domain most counts occur many times, and an exact interval is dear.
      const known = new Map<number, Estimate>();
      return Array.from(state.counts, (count) => {
        const estimate = known.get(count) ?? estimateSupport(support(params), count, state.n, { confidence });
        known.set(count, estimate);
        return estimate;
      });
    },
    variance(params, shares, n) {
      const { p, q } = support(params);
      const scale = n * (p - q) ** 2;
      return Float64Array.from(shares, (share) => (share * p * (1 - p) + (1 - share) * q * (1 - q)) / scale);
    },
  };
}
