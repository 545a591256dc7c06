import { compare, expBelow, lnAbove, plus, type Ratio, ratio } from '@dither/mechanisms';
import { ensure } from '../support/ensure.js';
import type { Case } from './case.js';

const MICRO = 1_000_000n;

/**
 * The guarantee, in rational arithmetic: over all reports and pairs of values, the largest likelihood ratio is at
 * most e^epsilon (its lower bound by `expBelow`), and `effectiveEpsilon` is its logarithm.
 */
export function checkPrivacy({ channel, params, values }: Case): void {
  let worst: Ratio = ratio(1n, 1n);
  for (const report of channel.reports(params)) {
    const likelihoods = values.map((value) => channel.likelihood(params, value, report));
    const highest = likelihoods.reduce((a, b) => (compare(a, b) > 0 ? a : b));
    const lowest = likelihoods.reduce((a, b) => (compare(a, b) < 0 ? a : b));
    const quotient = ratio(highest.numerator * lowest.denominator, highest.denominator * lowest.numerator);
    ensure(quotient.denominator !== 0n, 'a report is impossible for one value and possible for another');
    if (compare(quotient, worst) > 0) worst = quotient;
  }
  const bound = ratio(expBelow(BigInt(params.microEpsilon), MICRO), 1n << 96n);
  ensure(compare(worst, bound) <= 0, 'the largest likelihood ratio is above e^epsilon');
  const effective = channel.effectiveEpsilon(params);
  ensure(effective <= params.microEpsilon / Number(MICRO), 'effectiveEpsilon is above the declared epsilon');
  ensure(
    effective === lnAbove(worst.numerator, worst.denominator),
    'effectiveEpsilon is not the enumerated maximum of the log ratio',
  );
}

/** For each value, likelihoods are not negative and sum to exactly one. */
export function checkLikelihoods({ channel, params, values }: Case): void {
  const reports = [...channel.reports(params)];
  for (const value of values) {
    let sum = ratio(0n, 1n);
    for (const report of reports) {
      const likelihood = channel.likelihood(params, value, report);
      ensure(likelihood.numerator >= 0n && likelihood.denominator > 0n, 'a likelihood is negative or undefined');
      sum = plus(sum, likelihood);
    }
    ensure(sum.numerator === sum.denominator, 'likelihoods of a value do not sum to one');
  }
}
