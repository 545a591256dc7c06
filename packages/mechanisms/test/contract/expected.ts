import { type State, toNumber } from '@dither/mechanisms';
import { ensure } from '../support/ensure.js';
import type { Case, DistributionCase, FrequencyCase, TextCase } from './case.js';

/** Reports in an expected state: so many that no interval hides a bias. */
const REPORTS = 2 ** 40;

/** The counters are doubles near 2^40: what their rounding moves is far below a standard error. */
const ROUNDING = 1e-6;

/** The state that reports of a population have on average: each report in proportion to its likelihood. */
export function expectedState({ aggregator, channel, params, values }: Case, shares: readonly number[]): State {
  const expected = aggregator.empty(params);
  expected.n = REPORTS;
  for (const report of channel.reports(params)) {
    const one = aggregator.empty(params);
    aggregator.accumulate(params, one, report);
    const mass = shares.reduce((sum, share, v) => {
      const value = values[v];
      ensure(value !== undefined, 'a share for each value');
      return sum + share * toNumber(channel.likelihood(params, value, report));
    }, 0);
    one.counts.forEach((count, i) => {
      expected.counts[i] = (expected.counts[i] as number) + count * mass * REPORTS;
    });
  }
  return expected;
}

/** Every corner of the population, and an uneven mixture. */
function populations({ values }: Case): number[][] {
  const total = values.reduce<number>((sum, _, i) => sum + i + 1, 0);
  const corners = values.map((corner) => values.map((value) => Number(value === corner)));
  return [...corners, values.map((_, i) => (i + 1) / total)];
}

interface Known {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** Of the doubles in which an estimate is computed, relative to the truth. */
function roundingOf(truth: number): number {
  return 1e-11 * Math.max(1, Math.abs(truth));
}

function ensureTruth({ value, standardError, low, high }: Known, truth: number): void {
  const slack = ROUNDING * standardError + roundingOf(truth);
  ensure(Math.abs(value - truth) <= slack, 'the expected state does not give the truth');
  ensureCovered({ low, high }, truth);
}

function ensureCovered({ low, high }: { low: number; high: number }, truth: number): void {
  const slack = roundingOf(truth);
  ensure(low <= truth + slack && truth - slack <= high, 'the interval of the expected state misses the truth');
}

/**
 * The estimate of the expected state is the truth, at every corner of the population and at an uneven mixture, at a
 * size no enumeration reaches. Where an estimate may be biased, its interval holds the truth all the same.
 */
export function checkExpectedState(testCase: Case): void {
  for (const shares of populations(testCase)) {
    const state = expectedState(testCase, shares);
    if (testCase.answers === 'frequencies') checkFrequencies(testCase, state, shares);
    else if (testCase.answers === 'distribution') checkDistribution(testCase, state, shares);
    else checkTexts(testCase, state, shares);
  }
}

function checkFrequencies({ mechanism, params }: FrequencyCase, state: State, shares: readonly number[]): void {
  const quantities = mechanism.aggregator.quantities(params);
  const estimates = mechanism.aggregator.estimate(params, state);
  ensure(estimates.length === quantities.length, 'one estimate per quantity');
  estimates.forEach((estimate, j) => {
    ensureTruth(
      estimate,
      shares.reduce((sum, share, v) => sum + share * (quantities[j]?.weights(v) as number), 0),
    );
  });
}

function checkDistribution({ mechanism, params }: DistributionCase, state: State, shares: readonly number[]): void {
  const cells = params.domainSize - 1;
  const amounts = Float64Array.from({ length: cells }, (_, cell) => 10 * cell + 5);
  const above = Array.from(amounts, (_, cell) => cell);
  const quantiles = [0.05, 0.5, 0.9];
  const found = mechanism.aggregator.distribution(params, state, { quantiles, above, amounts });
  const events = shares.slice(0, cells).reduce((sum, share) => sum + share, 0);
  ensureTruth(found.withEvent, events);
  const drawn = found.curve.reduce((sum, share) => sum + share, 0);
  const isCurve = found.curve.length === cells && found.curve.every((share) => share >= 0);
  ensure(isCurve && Math.abs(drawn - 1) < 1e-9, 'the curve is not one share per cell, none negative, sum one');
  if (found.withEvent.low <= 0) {
    // Nobody had an event, or epsilon is so small that even these reports cannot tell.
    const { value, low, high } = found.mean;
    const isAnything = Number.isNaN(value) && low === amounts[0] && high === amounts[cells - 1];
    ensure(isAnything, 'a mean of nobody');
    return;
  }
  const among = shares.slice(0, cells).map((share) => share / events);
  const from = (cell: number) => among.slice(cell).reduce((sum, share) => sum + share, 0);
  ensureTruth(
    found.mean,
    among.reduce((sum, share, cell) => sum + share * (amounts[cell] as number), 0),
  );
  found.above.forEach((estimate, i) => {
    ensureCovered(estimate, from(above[i] as number));
  });
  for (const { from: first, to, share } of found.histogram) ensureCovered(share, from(first) - from(to));
  for (const { quantile, low, high } of found.quantiles) {
    // The cell in which the distribution function passes the quantile.
    const cell = among.findIndex((_, i) => 1 - from(i + 1) >= quantile);
    ensure(low <= cell + 1 && high >= cell, 'the interval of a quantile misses it');
  }
}

/** A text that cannot be told from others stands for all of them; in two cohorts every text can be told. */
function checkTexts({ mechanism, params, shape, values }: TextCase, state: State, shares: readonly number[]): void {
  const candidates = values.filter((text) => text !== '');
  const shareOf = (text: string) => shares[values.indexOf(text)] ?? 0;
  const found = mechanism.aggregator.texts(params, state, { candidates });
  ensure(
    found.texts.map(({ text }) => text).join() === candidates.join(),
    'one estimate per candidate, in their order',
  );
  for (const estimate of found.texts) {
    const group = [estimate.text, ...estimate.confusedWith.map((v) => candidates[v] as string)];
    if (shape.cohorts > 1) ensure(group.length === 1, 'texts that set different bits are not told apart');
    ensureTruth(
      estimate,
      group.reduce((sum, text) => sum + shareOf(text), 0),
    );
  }
  ensureTruth(found.withText, 1 - shareOf(''));
  ensureTruth(found.unexplained, 0);
}

/** Without reports nothing is known: no value, an infinite standard error, the whole range. */
export function checkNothingKnown(testCase: Case): void {
  const state = testCase.aggregator.empty(testCase.params);
  if (testCase.answers === 'frequencies') {
    const { mechanism, params, values } = testCase;
    const quantities = mechanism.aggregator.quantities(params);
    mechanism.aggregator.estimate(params, state).forEach((estimate, j) => {
      const weights = values.map((value) => quantities[j]?.weights(Number(value)) as number);
      ensureNothing(estimate, Math.min(...weights), Math.max(...weights));
    });
  } else if (testCase.answers === 'distribution') {
    const { mechanism, params } = testCase;
    const cells = params.domainSize - 1;
    const question = { quantiles: [0.5], above: [0], amounts: new Float64Array(cells).fill(1) };
    const found = mechanism.aggregator.distribution(params, state, question);
    ensureNothing(found.withEvent, 0, 1);
    ensureNothing(found.mean, 1, 1);
    for (const share of [...found.above, ...found.histogram.map((group) => group.share)]) ensureNothing(share, 0, 1);
    const [median] = found.quantiles;
    ensure(Number.isNaN(median?.place) && median?.low === 0 && median.high === cells, 'a quantile from nothing');
  } else {
    const { mechanism, params, values } = testCase;
    const candidates = values.filter((text) => text !== '');
    const { texts, withText, unexplained } = mechanism.aggregator.texts(params, state, { candidates });
    for (const estimate of [...texts, withText, unexplained]) ensureNothing(estimate, 0, 1);
    ensure(
      texts.every(({ isDetected, isListed, pValue }) => !isDetected && !isListed && pValue === 1),
      'a text is detected from nothing',
    );
  }
}

function ensureNothing(estimate: Known & { n: number; detectionLimit: number }, least: number, most: number): void {
  ensure(Number.isNaN(estimate.value) && estimate.n === 0, 'an estimate from nothing has a value');
  ensure(estimate.standardError === Number.POSITIVE_INFINITY, 'an estimate from nothing has a standard error');
  ensure(estimate.detectionLimit === Number.POSITIVE_INFINITY, 'nothing detects something');
  ensure(estimate.low === least && estimate.high === most, 'the interval from nothing is not the whole range');
}
