import { COHORT_DRAWS } from '../encode/cohort-hash.js';
import { toNumber } from '../exact/ratio.js';
import type {
  FrequencyAggregator,
  FrequencyMechanism,
  IndexParams,
  LatchedIndexClient,
  LatchedIndexParams,
} from '../mechanism.js';
import { sourceFrom } from '../random/word-source.js';

/** What a weight is counted in, where a state takes whole numbers. */
const MANY = 2 ** 40;

/**
 * The share of reports that answer each quantity, in the order of `quantities`.
 * @returns [] where every report answers all of them, which is known without listing reports: that could take for ever
 */
export function answeredShares(mechanism: FrequencyMechanism, params: IndexParams): readonly number[] {
  const { aggregator, client } = mechanism;
  if ('latch' in client) return answeredByCohorts(client, aggregator, params as LatchedIndexParams);
  const hasOneQuestion = aggregator.isDistribution || aggregator.quantities(params).length === 1;
  return hasOneQuestion ? [] : answeredByChance(mechanism, params);
}

/** Exactly: every report of the channel counted with its chance. */
function answeredByChance({ aggregator, channel }: FrequencyMechanism, params: IndexParams): readonly number[] {
  const state = aggregator.empty(params);
  for (const report of channel.reports(params)) {
    const weight = Math.round(MANY * toNumber(channel.likelihood(params, 0, report)));
    const one = aggregator.empty(params);
    aggregator.accumulate(params, one, report);
    state.n += weight;
    one.counts.forEach((count, i) => {
      state.counts[i] = (state.counts[i] as number) + weight * count;
    });
  }
  return aggregator.estimate(params, state).map(({ n }) => n / state.n);
}

/** A latched report may answer for some values only, and which these are follows from its cohort draw: a report of each. */
function answeredByCohorts(
  client: LatchedIndexClient,
  aggregator: FrequencyAggregator,
  params: LatchedIndexParams,
): readonly number[] {
  // What coins say of a value does not matter here.
  const source = sourceFrom(() => 0);
  const state = aggregator.empty(params);
  for (let draw = 0; draw < COHORT_DRAWS; draw++) {
    aggregator.accumulate(params, state, client.report(params, client.latch(params, 0, draw, source), source));
  }
  return aggregator.estimate(params, state).map(({ n }) => n / state.n);
}
