/**
 * HCMS: Hadamard count-mean sketch, over a complete pool of hash functions.
 *
 * Citation: Apple Differential Privacy Team 2017, "Learning with privacy at scale", the algorithms of HCMS for client and
 * server; the pool: Carter, Wegman 1979, "Universal classes of hash functions".
 * Guarantee: epsilon per report, for each row and coordinate. The sign of one coordinate of the Hadamard transform of the
 * value's cell, true with p = e^epsilon/(e^epsilon + 1) and turned otherwise.
 * Estimator: support counts, a report supporting all values whose sign it is. A value in another cell has the same sign at half
 * the coordinates; two values share a cell in the share c of the rows, below 1/m, so q = c p + (1-c)/2, and p - q has the
 * factor 1 - c: the published correction m/(m-1), with the c of this pool for 1/m. Rare-value variance times n: q(1-q)/(p-q)^2,
 * m being the least that keeps it within a twentieth of (E+1)^2/(E-1)^2, E = e^epsilon.
 * Report: 1 bit, in a byte. Row and coordinate are a public draw and are not sent.
 * Use when: reports must be those of the published system.
 * Not when: otherwise. At 1 bit recursive Hadamard response does without collisions, and local hashing has less error in the
 * same byte.
 */
import { checkValue } from '../check.js';
import { parity } from '../encode/hadamard.js';
import { hashPool } from '../encode/hash-pool.js';
import { sumOverRows } from '../estimate/pool-sums.js';
import { walshHadamard } from '../estimate/walsh-hadamard.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient } from '../mechanism.js';
import { bernoulli, numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { drawnClient } from './_client.js';
import { frequencyAggregator } from './_frequency.js';
import { checkPoolDomain, countDrawn, drawOf, type PoolParams, pooledSupport, sketchCells, withHash } from './_pool.js';
import { countSymbol, decodeSymbol, encodeSymbol } from './_symbols.js';

export interface HadamardCountMeanSketchParams extends PoolParams {
  /** The public draw is row * m + coordinate. */
  readonly draws: number;
  readonly truth: Threshold;
}

/** 2 draw + (1 if the sign is minus). */
export type HadamardCountMeanSketchReport = number;

const ID = 'hadamard-count-mean-sketch';

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - 2 to 2^20
 * @returns p = `truth` = E/(E+1) rounded down to a multiple of 2^-64, E = e^epsilon; `pool` over m cells, the least power of two
 *   whose collisions add at most a twentieth to the variance; m times as many `draws` as rows
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): HadamardCountMeanSketchParams {
  const { domainSize } = options;
  const micro = microEpsilon(options.epsilon);
  checkPoolDomain(domainSize);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  const truth = (ONE * e) / (e + SCALE);
  const cells = sketchCells(domainSize, truth, ONE / 2n);
  const pool = hashPool(cells, domainSize);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize,
    reportBytes: 1,
    draws: pool.rows * cells,
    cells,
    pool,
    truth: threshold(truth),
  });
}

/** What an unrandomized report says under a draw: 1 where the entry of the Hadamard matrix is minus. */
function signOf({ cells, pool }: HadamardCountMeanSketchParams, draw: number, value: number): number {
  return parity((draw % cells) & pool.cellOf(Math.floor(draw / cells), value));
}

export const randomizer: Client<HadamardCountMeanSketchParams, HadamardCountMeanSketchReport> = {
  derive: withHash<Omit<HadamardCountMeanSketchParams, 'pool'>>,
  randomize(p, value, source, draw = 0) {
    checkValue(value, p.domainSize);
    const sign = signOf(p, draw, value);
    return 2 * draw + (bernoulli(source, p.truth) ? sign : 1 - sign);
  },
  encode: (p, report, into?: Uint8Array<ArrayBuffer>, at?: number) => encodeSymbol(p, report & 1, into, at),
};

export const client: IndexClient<HadamardCountMeanSketchParams, HadamardCountMeanSketchReport> =
  /* @__PURE__ */ drawnClient(ID, randomizer, params);

/**
 * For each cell of each row how many reports have its sign: of the reports at a coordinate half, and half the surplus of those
 * that say plus, with the sign of the matrix.
 */
function agreements({ cells, rows }: HadamardCountMeanSketchParams['pool'], counts: Float64Array): Float64Array {
  const agreeing = new Float64Array(rows * cells);
  for (let row = 0; row < rows; row++) {
    const first = row * cells;
    let reports = 0;
    for (let i = first; i < first + cells; i++) {
      const [plus, minus] = [counts[2 * i] as number, counts[2 * i + 1] as number];
      reports += plus + minus;
      agreeing[i] = plus - minus;
    }
    walshHadamard(agreeing, first, cells);
    for (let i = first; i < first + cells; i++) agreeing[i] = (reports + (agreeing[i] as number)) / 2;
  }
  return agreeing;
}

export const aggregator: FrequencyAggregator<HadamardCountMeanSketchParams, HadamardCountMeanSketchReport> =
  /* @__PURE__ */ frequencyAggregator({
    id: ID,
    decode: (p, bytes, draw) => 2 * drawOf(p, draw) + decodeSymbol(p, 2, bytes),
    accumulate: countSymbol,
    accumulateAll: (p, state, bytes, draws) => countDrawn(p, 2, state, bytes, draws),
    support: ({ pool, truth }: HadamardCountMeanSketchParams) => pooledSupport(probability(truth), 0.5, pool),
    counters: ({ draws }) => 2 * draws,
    supportCounts: ({ pool }, { counts }) => sumOverRows(pool, agreements(pool, counts)),
  });

export const channel: Channel<HadamardCountMeanSketchParams, HadamardCountMeanSketchReport> = {
  id: ID,
  likelihood(p, value, report) {
    const truth = numerator(p.truth);
    const isTrue = signOf(p, Math.floor(report / 2), value) === report % 2;
    return ratio(isTrue ? truth : ONE - truth, BigInt(p.draws) * ONE);
  },
  reports: ({ draws }) => Array.from({ length: 2 * draws }, (_, report) => report),
  effectiveEpsilon: ({ truth }) => lnAbove(numerator(truth), ONE - numerator(truth)),
};
