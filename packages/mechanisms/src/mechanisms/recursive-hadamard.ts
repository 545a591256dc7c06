/**
 * RHR: recursive Hadamard response.
 *
 * Citation: Chen, Kairouz, Ozgur 2020, "Breaking the communication-privacy-accuracy trilemma", section 4.
 * Guarantee: epsilon per report, whatever the public row. Values lie in S = 2^(b-1) blocks, as evenly as can be, with R places
 * each, a power of two; the row r, one of R, is public. The value at place l of its block has the symbol (block, sign of
 * H[r, l]), H the R x R Hadamard matrix. Randomized response over the 2^b symbols: with probability keep = (E-1)/(E+2^b-1),
 * E = e^epsilon, that symbol, otherwise a uniform one.
 * Estimator: reports of the value's symbol less those of its opposite, each under its own row, over n keep. Variance times n:
 * (E+2^b-1)(2+W(E-1))/(E-1)^2 - f, W the share of the value's block, 1/S on average.
 * Report: b bits, at most ceil(epsilon log2 e); the row is not sent.
 * Use when: an upload must be a few bits, whatever the domain.
 * Not when: two bytes can be afforded (projective geometry), or the domain is small (GRR).
 */
import { checkInteger, checkReports, checkValue } from '../check.js';
import { parity } from '../encode/hadamard.js';
import { readInteger } from '../encode/report-bytes.js';
import { MechanismError } from '../errors.js';
import { walshHadamard } from '../estimate/walsh-hadamard.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient, State } from '../mechanism.js';
import { bernoulli, numerator, probability } from '../random/bernoulli.js';
import { drawnClient } from './_client.js';
import {
  type Answers,
  blockOf,
  type HadamardParams,
  hadamardAggregator,
  keepBelow,
  MAX_HADAMARD_DOMAIN,
} from './_hadamard.js';
import { drawOf } from './_pool.js';
import { countSymbol, decodeSymbol, encodeSymbol, symbolBytes } from './_symbols.js';

export interface RecursiveHadamardParams extends HadamardParams {
  /** R, the rows, and places of a block. Where there is but one there is no public draw. */
  readonly rows: number;
  /** 2^b: a block and a sign. */
  readonly outputs: number;
}

/** row * outputs + symbol; a symbol is 2 * block, and one more where the sign is -1. */
export type RecursiveHadamardReport = number;

const ID = 'recursive-hadamard';

/** Variance of a rare value, on average over the values of an even population, in units that do not depend on `blocks`. */
function noiseOf(blocks: number, domainSize: number, e: bigint): bigint {
  const width = Math.ceil(domainSize / blocks);
  const rest = domainSize % width;
  // Each value's block has so many values; summed, and over k^2, that is the average mass of a value's block.
  const squares = BigInt(domainSize - rest) * BigInt(width) + BigInt(rest) * BigInt(rest);
  return (e + BigInt(2 * blocks - 1) * SCALE) * (2n * BigInt(domainSize) ** 2n * SCALE + squares * (e - SCALE));
}

/** The number of blocks with the least noise, among those that epsilon pays for: S < E is b <= ceil(epsilon log2 e). */
function chooseBlocks(domainSize: number, e: bigint): number {
  let best = 1;
  for (let blocks = 2; BigInt(blocks) * SCALE < e && blocks < 2 * domainSize; blocks *= 2) {
    if (noiseOf(blocks, domainSize, e) < noiseOf(best, domainSize, e)) best = blocks;
  }
  return best;
}

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - k, 2 to 2^20
 * @returns `blocks` S of the least variance for an even population; `rows` R, the least power of two with room for a block's
 *   values; `keep` rounded down to a multiple of 2^-64
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): RecursiveHadamardParams {
  const micro = microEpsilon(options.epsilon);
  const { domainSize } = options;
  checkInteger('domain-size-out-of-range', 'domainSize', domainSize, 2, MAX_HADAMARD_DOMAIN);
  const blocks = chooseBlocks(domainSize, expBelow(BigInt(micro), BigInt(MICRO)));
  const width = Math.ceil(domainSize / blocks);
  let rows = 1;
  while (rows < width) rows *= 2;
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize,
    reportBytes: symbolBytes(2 * blocks),
    ...(rows > 1 ? { draws: rows } : {}),
    rows,
    keep: keepBelow(BigInt(micro), BigInt(MICRO), 2 * blocks),
    blocks,
    width,
    outputs: 2 * blocks,
  });
}

/** The symbol of a value under a public row. */
function symbolOf(p: RecursiveHadamardParams, value: number, row: number): number {
  return 2 * blockOf(p, value) + parity(row & (value % p.width));
}

export const randomizer: Client<RecursiveHadamardParams, RecursiveHadamardReport> = {
  randomize(p, value, source, row = 0) {
    checkValue(value, p.domainSize);
    const random = source.next() & (p.outputs - 1);
    return row * p.outputs + (bernoulli(source, p.keep) ? symbolOf(p, value, row) : random);
  },
  encode: (p, report, into, at) => encodeSymbol(p, report % p.outputs, into, at),
};

export const client: IndexClient<RecursiveHadamardParams, RecursiveHadamardReport> = /* @__PURE__ */ drawnClient(
  ID,
  randomizer,
  params,
);

/** Adds reports laid end to end, all or none. */
function accumulateAll(p: RecursiveHadamardParams, state: State, bytes: Uint8Array, draws?: ArrayLike<number>): void {
  const reports = checkReports(bytes, p.reportBytes);
  const counted = new Int32Array(state.counts.length);
  for (let i = 0; i < reports; i++) {
    const row = drawOf(p, draws?.[i]);
    const symbol = readInteger(bytes, i * p.reportBytes, p.reportBytes);
    if (symbol >= p.outputs) throw new MechanismError('report-malformed', `a symbol is below ${p.outputs}`);
    const at = row * p.outputs + symbol;
    counted[at] = (counted[at] as number) + 1;
  }
  state.n += reports;
  for (let i = 0; i < counted.length; i++) state.counts[i] = (state.counts[i] as number) + (counted[i] as number);
}

/** Under each row the signed count of a block; one transform per block takes these to its places. */
function answers(p: RecursiveHadamardParams, { counts }: State): Answers {
  const sums = new Float64Array(p.blocks * p.rows);
  const inBlock = new Float64Array(p.blocks);
  for (let row = 0; row < p.rows; row++) {
    for (let block = 0; block < p.blocks; block++) {
      const plus = counts[row * p.outputs + 2 * block] as number;
      const minus = counts[row * p.outputs + 2 * block + 1] as number;
      sums[block * p.rows + row] = plus - minus;
      inBlock[block] = (inBlock[block] as number) + plus + minus;
    }
  }
  const differences = new Float64Array(p.domainSize);
  for (let block = 0; block < p.blocks; block++) walshHadamard(sums, block * p.rows, p.rows);
  for (let value = 0; value < p.domainSize; value++) {
    const block = blockOf(p, value);
    differences[value] = sums[block * p.rows + value - block * p.width] as number;
  }
  return { differences, inBlock };
}

export const aggregator: FrequencyAggregator<RecursiveHadamardParams, RecursiveHadamardReport> =
  /* @__PURE__ */ hadamardAggregator({
    id: ID,
    decode(p: RecursiveHadamardParams, bytes, draw) {
      const row = drawOf(p, draw);
      return row * p.outputs + decodeSymbol(p, p.outputs, bytes);
    },
    accumulate: countSymbol,
    accumulateAll,
    counters: (p) => p.rows * p.outputs,
    law: (p) => ({ keep: probability(p.keep), blocks: p.blocks }),
    answers,
  });

/** Numerator of P[symbol | value, row] over 2^b 2^64. */
function mass({ keep, outputs }: RecursiveHadamardParams, isTruth: boolean): bigint {
  return ONE - numerator(keep) + (isTruth ? BigInt(outputs) * numerator(keep) : 0n);
}

export const channel: Channel<RecursiveHadamardParams, RecursiveHadamardReport> = {
  id: ID,
  likelihood(p, value, report) {
    const row = Math.floor(report / p.outputs);
    const isTruth = report % p.outputs === symbolOf(p, value, row);
    return ratio(mass(p, isTruth), BigInt(p.outputs) * BigInt(p.rows) * ONE);
  },
  reports: (p) => Array.from({ length: p.rows * p.outputs }, (_, report) => report),
  effectiveEpsilon: (p) => lnAbove(mass(p, true), mass(p, false)),
};
