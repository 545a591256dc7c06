import { type Estimate, type State, toNumber } from '@dither/mechanisms';
import { ensure } from '../support/ensure.js';
import { type Case, valuesOf } from './case.js';

/** What of a double's rounding may be left, relative to the standard deviation. */
const ROUNDING = 1e-7;

/** All pairs of values of two clients, and the shares they make. */
function pairs({ params }: Case): { values: readonly [number, number]; shares: number[] }[] {
  const domain = valuesOf(params);
  return domain.flatMap((a) =>
    domain.slice(a).map((b) => ({
      values: [a, b] as const,
      shares: domain.map((value) => (Number(value === a) + Number(value === b)) / 2),
    })),
  );
}

/** Estimates from every ordered pair of reports. */
function estimatesOfPairs({ mechanism, params }: Case, reports: readonly unknown[]): (readonly Estimate[])[][] {
  return reports.map((first) =>
    reports.map((second) => {
      const state = mechanism.aggregator.empty(params);
      mechanism.aggregator.accumulate(params, state, first);
      mechanism.aggregator.accumulate(params, state, second);
      return mechanism.aggregator.estimate(params, state);
    }),
  );
}

/**
 * Unbiasedness and variance by enumeration: two clients, every pair of values, every pair of reports. Where a report
 * answers one of several questions, each expectation is conditional on how many answered: it is the truth
 * whenever anybody did, and the variance is the stated one.
 */
export function checkUnbiased(testCase: Case): void {
  const { mechanism, params } = testCase;
  const { aggregator, channel } = mechanism;
  const reports = [...channel.reports(params)];
  const estimates = estimatesOfPairs(testCase, reports);
  const chances = valuesOf(params).map((value) =>
    reports.map((report) => toNumber(channel.likelihood(params, value, report))),
  );
  for (const { values, shares } of pairs(testCase)) {
    const variances = [1, 2].map((answers) => aggregator.variance(params, shares, answers, 2));
    aggregator.quantities(params).forEach((quantity, j) => {
      const truth = shares.reduce((sum, share, value) => sum + share * quantity.weights(value), 0);
      for (const answered of [1, 2]) {
        const deviation = Math.sqrt(variances[answered - 1]?.[j] as number);
        let [mass, first, second] = [0, 0, 0];
        reports.forEach((_a, a) => {
          reports.forEach((_b, b) => {
            const estimate = estimates[a]?.[b]?.[j];
            if (estimate?.n !== answered) return;
            const chance = (chances[values[0]]?.[a] as number) * (chances[values[1]]?.[b] as number);
            mass += chance;
            first += chance * (estimate.value - truth);
            second += chance * (estimate.value - truth) ** 2;
          });
        });
        if (mass === 0) {
          ensure(answered === 1, 'no pair of reports answers twice');
          continue;
        }
        ensure(Math.abs(first / mass) <= ROUNDING * deviation, `${quantity.name} is biased`);
        const isExact = Math.abs(second / mass - deviation ** 2) <= ROUNDING * deviation ** 2;
        ensure(isExact, `the variance of ${quantity.name} is not the stated one`);
      }
    });
  }
}

/**
 * The estimate of the expected state is the truth. Estimators are linear in the counters given the number of answers,
 * and this checks them at every corner of the population and at an uneven mixture, at a size no enumeration reaches.
 */
export function checkExpectedState({ mechanism, params }: Case): void {
  const { aggregator, channel } = mechanism;
  const domain = valuesOf(params);
  const total = domain.reduce((sum, value) => sum + value + 1, 0);
  const corners = domain.map((corner) => domain.map((value) => Number(value === corner)));
  for (const shares of [...corners, domain.map((value) => (value + 1) / total)]) {
    const expected = aggregator.empty(params);
    expected.n = 2 ** 40;
    for (const report of channel.reports(params)) {
      const one = aggregator.empty(params);
      aggregator.accumulate(params, one, report);
      shares.forEach((share, value) => {
        const mass = share * toNumber(channel.likelihood(params, value, report)) * expected.n;
        addScaled(expected, one, mass);
      });
    }
    const quantities = aggregator.quantities(params);
    const estimates = aggregator.estimate(params, expected);
    ensure(estimates.length === quantities.length, 'one estimate per quantity');
    estimates.forEach(({ value, standardError, low, high }, j) => {
      const truth = shares.reduce((sum, share, v) => sum + share * (quantities[j]?.weights(v) as number), 0);
      // The counters are doubles near 2^40: what their rounding moves is far below a standard error.
      ensure(Math.abs(value - truth) <= 1e-6 * standardError, 'the expected state does not give the truth');
      ensure(low <= truth && truth <= high, 'the interval of the expected state misses the truth');
    });
  }
}

function addScaled(state: State, one: State, mass: number): void {
  one.counts.forEach((count, i) => {
    state.counts[i] = (state.counts[i] as number) + count * mass;
  });
}

/** Without reports nothing is known: no value, an infinite standard error, the whole range. */
export function checkNothingKnown({ mechanism, params }: Case): void {
  const { aggregator } = mechanism;
  const quantities = aggregator.quantities(params);
  aggregator.estimate(params, aggregator.empty(params)).forEach((estimate, j) => {
    const weights = valuesOf(params).map((value) => quantities[j]?.weights(value) as number);
    ensure(Number.isNaN(estimate.value) && estimate.n === 0, 'an estimate from nothing has a value');
    ensure(estimate.standardError === Number.POSITIVE_INFINITY, 'an estimate from nothing has a standard error');
    ensure(estimate.detectionLimit === Number.POSITIVE_INFINITY, 'nothing detects something');
    ensure(
      estimate.low === Math.min(...weights) && estimate.high === Math.max(...weights),
      'the interval from nothing is not the whole range',
    );
  });
}
