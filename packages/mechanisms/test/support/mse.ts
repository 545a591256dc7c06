import type { FrequencyMechanism, IndexParams, State } from '@dither/mechanisms';
import { uniformInt } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { acceptedDomains, declareIndex, LATCH_DRAWS } from '../contract/case.js';
import type { Uniform } from './binomial-sampler.js';
import { chiSquareTail } from './chi-square.js';
import { stateSampler } from './exact-state.js';
import { quickSource, quickUniform } from './quick-source.js';

/** One mechanism, and a population that reports through it. */
export interface Setting {
  readonly mechanism: FrequencyMechanism;
  readonly domainSize: number;
  readonly epsilon: number;
  /** Clients. */
  readonly n: number;
}

/** Every mechanism that estimates the share of each of several values. */
export const categorical: readonly FrequencyMechanism[] = [...catalogue.values()].filter(
  (mechanism): mechanism is FrequencyMechanism =>
    mechanism.answers === 'frequencies' && mechanism.aggregator.isDistribution,
);

export function settingsOf(
  mechanism: FrequencyMechanism,
  domainSizes: readonly number[],
  epsilons: readonly number[],
): Omit<Setting, 'n'>[] {
  return acceptedDomains(mechanism, domainSizes).flatMap((domainSize) =>
    epsilons.map((epsilon) => ({ mechanism, domainSize, epsilon })),
  );
}

export function nameOf({ mechanism, domainSize, epsilon, n }: Setting): string {
  return `${mechanism.id}, ${domainSize} values, epsilon ${epsilon}, n ${n}`;
}

/** How many of n clients hold each value: Zipf with exponent 1.1, as nearly as whole clients can. */
function zipf(domainSize: number, n: number): number[] {
  const weights = Array.from({ length: domainSize }, (_, value) => (value + 1) ** -1.1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let before = 0;
  return weights.map((weight) => {
    sum += weight;
    const until = Math.round((n * sum) / total);
    const own = until - before;
    before = until;
    return own;
  });
}

/** How far estimates of independent states were from the truth, in stated standard deviations. */
export interface Errors {
  /** One number for each state, 1 on average: the mean square over all quantities, or the square of one where they are few. */
  readonly squares: readonly number[];
  /** Whether each is the square of a single quantity's error, and so of nearly a standard normal number. */
  readonly isSingle: boolean;
  /** Of the first quantity, with its sign. */
  readonly first: readonly number[];
}

/** Quantities whose mean square is no longer very skewed. */
const MANY = 16;

function errorsOf(
  { mechanism, n }: Setting,
  params: IndexParams,
  holders: readonly number[],
  states: Iterable<State>,
): Errors {
  const { aggregator } = mechanism;
  const shares = holders.map((count) => count / n);
  const quantities = aggregator.quantities(params);
  const truths = quantities.map(({ weights }) => shares.reduce((sum, share, v) => sum + share * weights(v), 0));
  // Of a value that not everybody is asked about, the variance goes by how many were.
  const variances = new Map<number, Float64Array>();
  const varianceOf = (answers: number) => {
    const known = variances.get(answers) ?? aggregator.variance(params, shares, answers, n);
    variances.set(answers, known);
    return known;
  };
  const isSingle = quantities.length < MANY;
  const squares: number[] = [];
  const first: number[] = [];
  for (const state of states) {
    const scores = aggregator.estimate(params, state).map(({ value, n: answers }, j) => {
      return (value - (truths[j] as number)) / Math.sqrt(varianceOf(answers)[j] as number);
    });
    const all = scores.map((score) => score * score);
    // Of two shares that sum to one either says all: a state counts once.
    squares.push(isSingle ? (all[squares.length % all.length] as number) : average(all));
    first.push(scores[0] as number);
  }
  return { squares, isSingle, first };
}

/** States made by the real client, one report after the other. */
export function throughClients(setting: Setting, states: number): Errors {
  const { mechanism, domainSize, epsilon, n } = setting;
  const params = declareIndex(mechanism, epsilon, domainSize);
  const holders = zipf(domainSize, n);
  const source = quickSource(`clients/${nameOf(setting)}`);
  const { client, aggregator } = mechanism;
  const { draws } = params;
  const report = (value: number): unknown => {
    if ('latch' in client) {
      const both = params as Parameters<typeof client.report>[0];
      return client.report(both, client.latch(both, value, uniformInt(source, LATCH_DRAWS), source), source);
    }
    return client.randomize(params, value, source, draws === undefined ? draws : uniformInt(source, draws));
  };
  function* each(): Generator<State> {
    for (let i = 0; i < states; i++) {
      const state = aggregator.empty(params);
      holders.forEach((count, value) => {
        for (let j = 0; j < count; j++) aggregator.accumulate(params, state, report(value));
      });
      yield state;
    }
  }
  return errorsOf(setting, params, holders, each());
}

/** States drawn from their exact law. */
export function throughLaw(setting: Setting, states: number): Errors {
  const { mechanism, domainSize, epsilon, n } = setting;
  const params = declareIndex(mechanism, epsilon, domainSize);
  const holders = zipf(domainSize, n);
  const uniform: Uniform = quickUniform(`law/${nameOf(setting)}`);
  const sample = stateSampler(mechanism, params, holders);
  function* each(): Generator<State> {
    for (let i = 0; i < states; i++) yield sample(uniform);
  }
  return errorsOf(setting, params, holders, each());
}

/** False-alarm rate of {@link isStated}, two-sided. */
const ALPHA = 1e-4;

/** Standard errors that a mean square of many quantities may be off. */
const OFF = 6;

/**
 * Whether the mean squared error is the stated variance.
 *
 * Squares of single errors have a sum close to chi-square. Where a state's number is the mean over many quantities, which
 * depend on each other in each mechanism's own way, the states tell how far it scatters: the mean of R independent numbers
 * over its estimated standard error is Student's t. With 30 states or more that is beyond 6 for .0000015 of the time; the
 * skewness of a mean over 16 squares makes it more, but less than {@link ALPHA}.
 */
export function isStated({ squares, isSingle }: Errors): boolean {
  const mean = average(squares);
  const states = squares.length;
  if (isSingle) {
    const tail = chiSquareTail(mean * states, states);
    return Math.min(tail, 1 - tail) > ALPHA / 2;
  }
  const spread = squares.reduce((sum, square) => sum + (square - mean) ** 2, 0) / (states - 1);
  return Math.abs(mean - 1) < OFF * Math.sqrt(spread / states);
}

/** The mean score of the first quantity in standard errors: below 4 but for 6 times in 100,000. */
export function biasOf({ first }: Errors): number {
  return average(first) * Math.sqrt(first.length);
}

export function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}
