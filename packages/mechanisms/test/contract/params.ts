import type { Mechanism } from '@dither/mechanisms';
import { codeOf, ensure } from '../support/ensure.js';
import { type Case, declareIndex, smallCases } from './case.js';
import { expectedState } from './expected.js';

/** Extremes of epsilon at which everything above must hold. */
export const EXTREMES = [0.000001, 0.01, 10, 16] as const;

const REFUSED_EPSILONS = [0, -1, 16.000001, 1e300, 0.0000001, 1.0000001, Number.NaN, Number.POSITIVE_INFINITY];
const REFUSED_DOMAINS = [-1, 0, 1, 2.5, 2 ** 40, Number.NaN, Number.POSITIVE_INFINITY];

/** Params are frozen and say what was asked for; client, aggregator and channel bear the mechanism's id. */
export function checkParams({ mechanism, epsilon, params }: Case): void {
  ensure(Object.isFrozen(params), 'params are not frozen');
  for (const part of Object.values(params)) {
    ensure(typeof part !== 'object' || Object.isFrozen(part), 'a part of the params is not frozen');
  }
  ensure(params.mechanism === mechanism.id, 'params name another mechanism');
  ensure(params.microEpsilon === Math.round(epsilon * 1e6), 'params hold another epsilon');
  ensure(Number.isInteger(params.reportBytes) && params.reportBytes > 0, 'reportBytes is a positive integer');
  const ids = [mechanism.client.id, mechanism.aggregator.id, mechanism.channel.id];
  ensure(
    ids.every((id) => id === mechanism.id),
    'client, aggregator and channel do not share one id',
  );
}

/** Options out of range are refused with their code. */
export function checkRefusals(testCase: Case): void {
  for (const epsilon of REFUSED_EPSILONS) {
    const code = codeOf(() => testCase.withEpsilon(epsilon));
    ensure(code === 'epsilon-out-of-range', `epsilon ${epsilon}: ${code}`);
  }
  if (testCase.answers === 'texts') return;
  for (const size of REFUSED_DOMAINS) {
    const code = codeOf(() => declareIndex(testCase.mechanism, 1, size));
    ensure(['domain-size-out-of-range', 'clamp-out-of-range'].includes(code), `domainSize ${size}: ${code}`);
  }
}

/** More epsilon never means more noise: the error falls from each extreme to the next. */
export function checkExtremes(mechanism: Mechanism): void {
  let last = Number.POSITIVE_INFINITY;
  for (const epsilon of EXTREMES) {
    const [first] = smallCases(mechanism, [epsilon]);
    ensure(first !== undefined, 'no small case');
    const error = errorOf(first);
    ensure(error > 0 && error < last, `noise does not fall at epsilon ${epsilon}`);
    last = error;
  }
}

/** A number that says how noisy estimates are. */
function errorOf(testCase: Case): number {
  switch (testCase.answers) {
    case 'frequencies': {
      const { mechanism, params } = testCase;
      const shares = new Array<number>(params.domainSize).fill(1 / params.domainSize);
      return mechanism.aggregator.variance(params, shares, 1)[0] ?? Number.NaN;
    }
    case 'distribution': {
      const { mechanism, params, values } = testCase;
      const state = expectedState(
        testCase,
        values.map(() => 1 / values.length),
      );
      const question = { quantiles: [], above: [], amounts: new Float64Array(params.domainSize - 1) };
      return mechanism.aggregator.distribution(params, state, question).withEvent.standardError;
    }
    case 'texts':
      return testCase.mechanism.aggregator.rareError(testCase.params, 1e6);
  }
}
