/**
 * Square wave: a window of outputs around the value, for the distribution of ordered cells.
 *
 * Citation: Li, Wang, Lopuhaa-Zwakenberg, Li, Skoric 2020, "Estimating numerical distributions under local differential
 * privacy", section 5 (Square Wave and EMS), in its discrete form: d cells, windows of w outputs. "No event" is ours:
 * a window of its own that no cell's touches.
 * Guarantee: epsilon per report. With probability `keep` the report is uniform in the value's window, otherwise
 * uniform over all N = d + 2w - 1 outputs; inside the window an output is 1 + keep N / ((1-keep) w) <= e^epsilon
 * times as likely as outside.
 * Estimator: EMS for the curve and its quantiles, biased by its smoothing; scores of the output with a known
 * expectation for each value for intervals (`estimate/distribution/square-wave-estimate.ts`).
 * Report: log2 N bits, in whole bytes.
 * Use when: reports are few, and neighbouring cells have similar shares.
 * Not when: reports are so many that the smoothing outweighs the noise, or intervals must be short (tree).
 */
import { checkInteger, checkValue } from '../check.js';
import type { WaveChannel } from '../estimate/distribution/square-wave-channel.js';
import { predictQuantileError } from '../estimate/distribution/square-wave-error.js';
import { estimateWave } from '../estimate/distribution/square-wave-estimate.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, DistributionAggregator, IndexClient, IndexParams } from '../mechanism.js';
import { numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { keepOr } from '../random/keep-or.js';
import { uniformInt } from '../random/uniform-int.js';
import { checkState, emptyState, mergeStates } from '../state.js';
import { withParams } from './_client.js';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol, symbolBytes } from './_symbols.js';

export interface SquareWaveParams extends IndexParams {
  /** w: outputs of a window. */
  readonly window: number;
  /** N: reports are 0 .. outputs-1. */
  readonly outputs: number;
  readonly keep: Threshold;
}

/** The output: cell i's window is i .. i+w-1, that of "no event" the last w. */
export type SquareWaveReport = number;

const ID = 'square-wave';
/** The largest for which every output fits in two bytes. */
const MAX_DOMAIN = 32_769;

/**
 * w = 2/5 d e^(-epsilon/2), rounded, at least 1. The form is that of the best window for a mean, the factor the one of
 * least error of EMS quantiles over several shapes and epsilon 1/2 to 4; the error is flat around it. In integers,
 * because client and server must agree.
 */
function windowOf(micro: number, cells: number): number {
  const root = expBelow(BigInt(micro), BigInt(2 * MICRO));
  return Math.max(1, Number((4n * BigInt(cells) * SCALE + 5n * root) / (10n * root)));
}

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - d + 1, 2 to 32,769: cells 0 .. d-1 in order, then "no event"
 * @returns `keep` = (E-1) w / (N + (E-1) w) rounded down to a multiple of 2^-64, E = e^epsilon
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): SquareWaveParams {
  const micro = microEpsilon(options.epsilon);
  checkInteger('domain-size-out-of-range', 'domainSize', options.domainSize, 2, MAX_DOMAIN);
  const cells = options.domainSize - 1;
  const window = windowOf(micro, cells);
  const outputs = cells + 2 * window - 1;
  const excess = (expBelow(BigInt(micro), BigInt(MICRO)) - SCALE) * BigInt(window);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: symbolBytes(outputs),
    window,
    outputs,
    keep: threshold((ONE * excess) / (BigInt(outputs) * SCALE + excess)),
  });
}

/** First output of the window of a value. */
function start(p: SquareWaveParams, value: number): number {
  return value === p.domainSize - 1 ? p.outputs - p.window : value;
}

export const randomizer: Client<SquareWaveParams, SquareWaveReport> = {
  randomize(p, value, source) {
    checkValue(value, p.domainSize);
    return keepOr(source, p.keep, p.outputs, start(p, value) + uniformInt(source, p.window));
  },
  encode: encodeSymbol,
};

export const client: IndexClient<SquareWaveParams, SquareWaveReport> = /* @__PURE__ */ withParams(
  ID,
  randomizer,
  params,
);

function waveChannel(p: SquareWaveParams): WaveChannel {
  const keep = probability(p.keep);
  const { window, outputs } = p;
  return { cells: p.domainSize - 1, window, outputs, outside: (1 - keep) / outputs, step: keep / window };
}

export const aggregator: DistributionAggregator<SquareWaveParams, SquareWaveReport> = {
  id: ID,
  decode: (p, bytes) => decodeSymbol(p, p.outputs, bytes),
  empty: (p) => emptyState(p, p.outputs),
  accumulate: countSymbol,
  accumulateAll: (p, state, bytes) => countSymbols(p, p.outputs, state, bytes),
  merge: (_params, state, other) => mergeStates(state, other),
  distribution(p, state, question) {
    checkState(p, state);
    return estimateWave(waveChannel(p), state.n, state.counts, question);
  },
  quantileError: (p, n, shares, quantile) => predictQuantileError(waveChannel(p), n, shares, quantile),
};

/** Numerator of P[report | value] over w N 2^64. */
function mass(p: SquareWaveParams, isInWindow: boolean): bigint {
  const keep = numerator(p.keep);
  return BigInt(p.window) * (ONE - keep) + (isInWindow ? BigInt(p.outputs) * keep : 0n);
}

export const channel: Channel<SquareWaveParams, SquareWaveReport> = {
  id: ID,
  likelihood(p, value, report) {
    const at = report - start(p, value);
    return ratio(mass(p, at >= 0 && at < p.window), BigInt(p.window) * BigInt(p.outputs) * ONE);
  },
  reports: (p) => Array.from({ length: p.outputs }, (_, report) => report),
  effectiveEpsilon: (p) => lnAbove(mass(p, true), mass(p, false)),
};
