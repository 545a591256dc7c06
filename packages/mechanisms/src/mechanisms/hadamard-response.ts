/**
 * Hadamard response.
 *
 * Citation: Acharya, Sun, Zhang 2019, "Hadamard response: estimating distributions privately, efficiently, and with little
 * communication", sections 4 and 5.
 * Guarantee: epsilon per report. Values lie in B blocks, as evenly as can be; a block has b columns, more than values. With
 * probability `keep` the report is a uniform one of the b/2 columns of the value's block in which the value's row of the b x b
 * Hadamard matrix is +1, otherwise a uniform one of all K = B b: keep = (E-1)/(E+2B-1), E = e^epsilon, and a column of the
 * value is E times as likely as any other.
 * Estimator: reports with +1 in the value's row less those with -1, over n keep. Variance times n:
 * (E+2B-1)(2+W(E-1))/(E-1)^2 - f, W the share of the value's block, 1/B on average.
 * Report: log2 K bits, K at most four times the number of values, in whole bytes.
 * Use when: the domain is large, a report may have two or three bytes, and counting must be cheap.
 * Not when: most people may share a block (projective geometry knows no blocks), or the domain is small (GRR). The number of
 * blocks is that of the paper; for a population spread evenly one block would be up to a third better in places.
 */
import { checkInteger, checkValue } from '../check.js';
import { parity } from '../encode/hadamard.js';
import { walshHadamard } from '../estimate/walsh-hadamard.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient, State } from '../mechanism.js';
import { bernoulli, numerator, probability } from '../random/bernoulli.js';
import { withParams } from './_client.js';
import {
  type Answers,
  blockOf,
  type HadamardParams,
  hadamardAggregator,
  keepBelow,
  MAX_HADAMARD_DOMAIN,
} from './_hadamard.js';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol, symbolBytes } from './_symbols.js';

export interface HadamardResponseParams extends HadamardParams {
  /** Columns of a block: a power of two above `width`. */
  readonly columns: number;
  /** K: a report is one of so many. */
  readonly outputs: number;
}

/** block * columns + column. */
export type HadamardResponseReport = number;

const ID = 'hadamard-response';

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - k, 2 to 2^20
 * @returns `blocks` B, the largest power of two below min(E, 2k), or 1; `columns` b, the smallest above k/B; `keep` rounded
 *   down to a multiple of 2^-64
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): HadamardResponseParams {
  const micro = microEpsilon(options.epsilon);
  const { domainSize } = options;
  checkInteger('domain-size-out-of-range', 'domainSize', domainSize, 2, MAX_HADAMARD_DOMAIN);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  let blocks = 1;
  while (2 * blocks < 2 * domainSize && BigInt(2 * blocks) * SCALE < e) blocks *= 2;
  const width = Math.ceil(domainSize / blocks);
  let columns = 2;
  while (columns <= width) columns *= 2;
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize,
    reportBytes: symbolBytes(blocks * columns),
    keep: keepBelow(BigInt(micro), BigInt(MICRO), 2 * blocks),
    blocks,
    width,
    columns,
    outputs: blocks * columns,
  });
}

/** The row of a value's block that is its own. Row 0 is nobody's: it is +1 everywhere. */
function rowOf(p: HadamardResponseParams, value: number): number {
  return 1 + (value % p.width);
}

export const randomizer: Client<HadamardResponseParams, HadamardResponseReport> = {
  randomize(p, value, source) {
    checkValue(value, p.domainSize);
    // One word for both branches; a power of two leaves nothing to reject.
    const random = source.next() & (p.outputs - 1);
    if (!bernoulli(source, p.keep)) return random;
    const row = rowOf(p, value);
    const column = random & (p.columns - 1);
    // To flip one bit of the row pairs the columns with -1 and those with +1.
    return blockOf(p, value) * p.columns + (parity(column & row) ? column ^ (row & -row) : column);
  },
  encode: encodeSymbol,
};

export const client: IndexClient<HadamardResponseParams, HadamardResponseReport> = /* @__PURE__ */ withParams(
  ID,
  randomizer,
  params,
);

/** One transform per block: row 0 counts its reports, each other row is a value's difference. */
function answers(p: HadamardResponseParams, { counts }: State): Answers {
  const sums = counts.slice();
  for (let block = 0; block < p.blocks; block++) walshHadamard(sums, block * p.columns, p.columns);
  const differences = new Float64Array(p.domainSize);
  for (let value = 0; value < p.domainSize; value++) {
    differences[value] = sums[blockOf(p, value) * p.columns + rowOf(p, value)] as number;
  }
  return {
    differences,
    inBlock: Float64Array.from({ length: p.blocks }, (_, block) => sums[block * p.columns] as number),
  };
}

export const aggregator: FrequencyAggregator<HadamardResponseParams, HadamardResponseReport> =
  /* @__PURE__ */ hadamardAggregator({
    id: ID,
    decode: (p: HadamardResponseParams, bytes) => decodeSymbol(p, p.outputs, bytes),
    accumulate: countSymbol,
    accumulateAll: (p, state, bytes) => countSymbols(p, p.outputs, state, bytes),
    counters: (p) => p.outputs,
    law: (p) => ({ keep: probability(p.keep), blocks: p.blocks }),
    answers,
  });

/** Numerator of P[report | value] over K 2^64: the floor, and 2B of what is kept in each of the value's columns. */
function mass({ keep, blocks }: HadamardResponseParams, isTruth: boolean): bigint {
  return ONE - numerator(keep) + (isTruth ? BigInt(2 * blocks) * numerator(keep) : 0n);
}

export const channel: Channel<HadamardResponseParams, HadamardResponseReport> = {
  id: ID,
  likelihood(p, value, report) {
    const column = report - blockOf(p, value) * p.columns;
    const isTruth = column >= 0 && column < p.columns && parity(column & rowOf(p, value)) === 0;
    return ratio(mass(p, isTruth), BigInt(p.outputs) * ONE);
  },
  reports: (p) => Array.from({ length: p.outputs }, (_, report) => report),
  effectiveEpsilon: (p) => lnAbove(mass(p, true), mass(p, false)),
};
