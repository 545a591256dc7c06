import { type Estimate, toNumber } from '@dither/mechanisms';
import { ensure } from '../support/ensure.js';
import type { Case, FrequencyCase } from './case.js';

/** What of a double's rounding may be left, relative to the standard deviation. */
const ROUNDING = 1e-7;

/** All pairs of values of two clients, and the shares they make. */
function pairs({ params }: FrequencyCase): { values: readonly [number, number]; shares: number[] }[] {
  const domain = Array.from({ length: params.domainSize }, (_, value) => value);
  return domain.flatMap((a) =>
    domain.slice(a).map((b) => ({
      values: [a, b] as const,
      shares: domain.map((value) => (Number(value === a) + Number(value === b)) / 2),
    })),
  );
}

/** Estimates from every ordered pair of reports. */
function estimatesOfPairs(
  { mechanism, params }: FrequencyCase,
  reports: readonly unknown[],
): (readonly Estimate[])[][] {
  return reports.map((first) =>
    reports.map((second) => {
      const state = mechanism.aggregator.empty(params);
      mechanism.aggregator.accumulate(params, state, first);
      mechanism.aggregator.accumulate(params, state, second);
      return mechanism.aggregator.estimate(params, state);
    }),
  );
}

/** More reports have too many pairs; as reports are independent, single ones say nearly as much. */
const MOST_REPORTS = 40;

/**
 * Unbiasedness and variance from one report of each value, and how far one report can push an estimate: exactly `reach`, which
 * both ends attain.
 */
function checkSingle({ mechanism, channel, params, values }: FrequencyCase, reports: readonly unknown[]): void {
  const { aggregator } = mechanism;
  const estimates = reports.map((report) => {
    const state = aggregator.empty(params);
    aggregator.accumulate(params, state, report);
    return aggregator.estimate(params, state);
  });
  const chances = values.map((value) => reports.map((report) => toNumber(channel.likelihood(params, value, report))));
  aggregator.quantities(params).forEach((quantity, j) => {
    const said = estimates.map((each) => each[j] as Estimate);
    const answers = said.filter(({ n }) => n === 1).map(({ value }) => value);
    const [least, most] = quantity.reach;
    const slack = ROUNDING * (most - least);
    const isReach = Math.abs(Math.min(...answers) - least) <= slack && Math.abs(Math.max(...answers) - most) <= slack;
    ensure(isReach, `one report says more or less of ${quantity.name} than its reach`);
    values.forEach((value, v) => {
      const shares = values.map((_, other) => Number(other === v));
      const deviation = Math.sqrt(aggregator.variance(params, shares, 1, 1)[j] as number);
      let [mass, first, second] = [0, 0, 0];
      said.forEach((estimate, i) => {
        if (estimate.n !== 1) return;
        const chance = chances[v]?.[i] as number;
        const error = estimate.value - quantity.weights(Number(value));
        mass += chance;
        first += chance * error;
        second += chance * error * error;
      });
      ensure(Math.abs(first / mass) <= ROUNDING * deviation, `${quantity.name} is biased`);
      const isExact = Math.abs(second / mass - deviation ** 2) <= ROUNDING * deviation ** 2;
      ensure(isExact, `the variance of ${quantity.name} is not the stated one`);
    });
  });
}

/**
 * Unbiasedness and variance by enumeration: two clients, every pair of values, every pair of reports. Where a report
 * answers one of several questions, each expectation is conditional on how many answered: it is the truth
 * whenever anybody did, and the variance is the stated one. For estimates linear in the shares: the others do not say so.
 */
export function checkUnbiased(testCase: Case): void {
  if (testCase.answers !== 'frequencies') return;
  const { mechanism, params, values: domain } = testCase;
  const { aggregator, channel } = mechanism;
  const reports = [...channel.reports(params)];
  checkSingle(testCase, reports);
  if (reports.length > MOST_REPORTS) return;
  const estimates = estimatesOfPairs(testCase, reports);
  const chances = domain.map((value) =>
    reports.map((report) => toNumber(channel.likelihood(params, Number(value), report))),
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
