/**
 * 1-bit mean: the mean of a clamped count from one bit, and two shares beside it.
 *
 * Citation: Ding, Kulkarni, Yekhanin 2017, "Collecting telemetry data privately", section 3 (1BitMean). The side
 * questions are ours: each report answers ONE question, drawn independently of the value and sent in the clear
 * (half of the reports the mean, a quarter each "is it zero?" and "is it at the clamp?"), with all of epsilon.
 * Guarantee: epsilon per report. The value is rounded at random to a yes or no (yes with probability value/clamp for
 * the mean, certainly for the side questions), which is preprocessing and costs nothing; the yes or no passes
 * through binary randomized response.
 * Estimator: clamp (b - q)/(p - q), b the share of yes among those asked; its variance for each answer is at
 * most pi(1-pi)/(p-q)^2 clamp^2, pi the probability of a yes. The standard error uses that bound, which needs
 * nothing but the mean; it is generous when counts sit at both ends.
 * Report: 3 bits: question times 2 plus answer, in one byte.
 * Use when: the mean or the total of a count is wanted, whatever its range.
 * Not when: the shape of the distribution is wanted (bucket it, and use OUE).
 */
import { checkInteger, checkValue } from '../check.js';
import { estimateSupport } from '../estimate/support.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient, IndexParams, State } from '../mechanism.js';
import { bernoulli, numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { uniformInt } from '../random/uniform-int.js';
import { checkState, emptyState, mergeStates } from '../state.js';
import { withParams } from './_client.js';
import { supportReach } from './_frequency.js';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol } from './_symbols.js';

export interface OneBitMeanParams extends IndexParams {
  /** The largest count: values are 0 .. clamp. */
  readonly clamp: number;
  readonly truth: Threshold;
}

/** Question times 2 plus answer: 0 to 5. */
export type OneBitMeanReport = number;

const MEAN = 0;
const ZERO = 1;
const AT_CLAMP = 2;
const QUESTIONS = 3;

const CHANCE = [2n, 1n, 1n] as const;

const ID = 'one-bit-mean';
const MAX_CLAMP = 1_048_576;

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - clamp + 1: values are the counts 0 .. clamp; clamp is 1 to 2^20
 * @returns p = `truth` = E/(E+1) rounded down to a multiple of 2^-64, E = e^epsilon; q = 1 - p
 * @throws MechanismError `epsilon-out-of-range`, `clamp-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): OneBitMeanParams {
  const micro = microEpsilon(options.epsilon);
  const clamp = options.domainSize - 1;
  checkInteger('clamp-out-of-range', 'clamp + 1', options.domainSize, 2, MAX_CLAMP + 1);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: 1,
    clamp,
    truth: threshold((ONE * e) / (e + SCALE)),
  });
}

/** Out of `clamp`, how surely the true answer to `question` is yes. */
function yesOutOfClamp(params: OneBitMeanParams, question: number, value: number): number {
  const { clamp } = params;
  return [value, value === 0 ? clamp : 0, value === clamp ? clamp : 0][question] as number;
}

export const randomizer: Client<OneBitMeanParams, OneBitMeanReport> = {
  randomize(p, value, source) {
    checkValue(value, p.domainSize);
    // Of four equal draws two ask for the mean.
    const question = [0, 0, 1, 2][uniformInt(source, 4)] as number;
    // Drawn for every question and value, so that the number of words says nothing.
    const isYes = uniformInt(source, p.clamp) < yesOutOfClamp(p, question, value);
    return 2 * question + Number(bernoulli(source, p.truth) === isYes);
  },
  encode: encodeSymbol,
};

export const client: IndexClient<OneBitMeanParams, OneBitMeanReport> = /* @__PURE__ */ withParams(
  ID,
  randomizer,
  params,
);

function support(p: OneBitMeanParams) {
  const truth = probability(p.truth);
  return { p: truth, q: 1 - truth };
}

/** How many were asked, and how many said yes. */
function answers(state: State, question: number): { asked: number; yes: number } {
  const yes = state.counts[2 * question + 1] as number;
  return { asked: yes + (state.counts[2 * question] as number), yes };
}

export const aggregator: FrequencyAggregator<OneBitMeanParams, OneBitMeanReport> = {
  id: ID,
  decode: (p, bytes) => decodeSymbol(p, 2 * QUESTIONS, bytes),
  empty: (p) => emptyState(p, 2 * QUESTIONS),
  accumulate: countSymbol,
  accumulateAll: (p, state, bytes) => countSymbols(p, 2 * QUESTIONS, state, bytes),
  merge: (_params, state, other) => mergeStates(state, other),
  isDistribution: false,
  quantities(p) {
    const reach = supportReach(support(p));
    return [
      { name: 'mean', weights: (value) => value, reach: [p.clamp * reach[0], p.clamp * reach[1]] },
      { name: 'zero', weights: (value) => Number(value === 0), reach },
      { name: 'at-clamp', weights: (value) => Number(value === p.clamp), reach },
    ];
  },
  estimate(p, state, confidence = 0.95) {
    checkState(p, state);
    return [MEAN, ZERO, AT_CLAMP].map((question) => {
      const { asked, yes } = answers(state, question);
      // A mean does not fix the spread of its population, so nothing is credited for having asked most of it.
      const answered = question === MEAN ? 0 : asked / Math.max(1, state.n);
      return estimateSupport(support(p), yes, asked, { confidence, answered, scale: question === MEAN ? p.clamp : 1 });
    });
  },
  variance(params, shares, answers, reports = answers) {
    const { p, q } = support(params);
    return Float64Array.from([MEAN, ZERO, AT_CLAMP], (question) => {
      let [mean, square] = [0, 0];
      for (let value = 0; value < params.domainSize; value++) {
        const pi = q + (yesOutOfClamp(params, question, value) / params.clamp) * (p - q);
        mean += (shares[value] as number) * pi;
        square += (shares[value] as number) * pi * pi;
      }
      // Answers are those of a sample without replacement: two clients asked are never the same one.
      const alike = reports === 1 ? 0 : (answers - 1) / (reports - 1);
      const scale = question === MEAN ? params.clamp : 1;
      return ((mean * (1 - mean) - alike * (square - mean * mean)) * scale * scale) / (answers * (p - q) ** 2);
    });
  },
};

export const channel: Channel<OneBitMeanParams, OneBitMeanReport> = {
  id: ID,
  likelihood(p, value, report) {
    const question = report >> 1;
    const clamp = BigInt(p.clamp);
    const surely = BigInt(yesOutOfClamp(p, question, value));
    const truth = numerator(p.truth);
    const yes = surely * truth + (clamp - surely) * (ONE - truth);
    const answer = (report & 1) === 1 ? yes : clamp * ONE - yes;
    return ratio((CHANCE[question] as bigint) * answer, 4n * clamp * ONE);
  },
  reports: () => Array.from({ length: 2 * QUESTIONS }, (_, report) => report),
  effectiveEpsilon: (p) => lnAbove(numerator(p.truth), ONE - numerator(p.truth)),
};
