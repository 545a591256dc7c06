/**
 * OLH: optimized local hashing, over a complete pool of hash functions.
 *
 * Citation: Wang, Blocki, Li, Jha 2017, "Locally differentially private protocols for frequency estimation", section 4 (OLH);
 * the pool: Carter, Wegman 1979, "Universal classes of hash functions".
 * Guarantee: epsilon per report, for each function. GRR over the g cells: the report is the cell of the value with
 * p = e^epsilon/(e^epsilon + g - 1), each other cell with p/e^epsilon.
 * Estimator: support counts, a report supporting all values of its cell. Two values share a cell in the share
 * c = (g^(t-1) - 1)/(g^t - 1) of the functions, below 1/g, so q = (1-c) p/e^epsilon + c p; rare-value variance times n:
 * (1 + c(E-1)) (E + g - 2 - c(E-1)) / ((1-c)^2 (E-1)^2), E = e^epsilon: about 4 E/(E-1)^2 in a large domain, in a small one
 * that of subset selection.
 * Report: log2 g bits, in whole bytes, g being about e^epsilon + 1; the function is a public draw and is not sent.
 * Use when: the domain is large and upload must be small: a byte up to epsilon 5.
 * Not when: epsilon is above 8 and the domain has more than 32,768 values (GRR): state and query time bound g. And it is no
 * defence against whoever tries nonces until the draw suits him: where a share s of the draws does, that takes 1/s hashes on
 * average, microseconds each. Let a twentieth of the reports be forged for 10 scattered values of 1,024 at epsilon 1: together
 * these gain .37 under assigned draws and 1.1 under the best, found after 341 nonces or fewer on average; 1.7 where they share
 * a cell, as values 0 to 9 do under 6% of the draws: 16 nonces. As he may send one report per batch, assigned draws make
 * choosing cost work, and no more.
 */
import { checkValue, mostCounters } from '../check.js';
import { hashPool, poolShape } from '../encode/hash-pool.js';
import { sumOverRows } from '../estimate/pool-sums.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import { characteristicOf } from '../field/galois.js';
import type { Channel, Client, FrequencyAggregator, IndexClient } from '../mechanism.js';
import { bernoulli, numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { uniformInt } from '../random/uniform-int.js';
import { drawnClient } from './_client.js';
import { frequencyAggregator } from './_frequency.js';
import { checkPoolDomain, countDrawn, drawOf, type PoolParams, pooledSupport, publicDraws, withHash } from './_pool.js';
import { countSymbol, decodeSymbol, encodeSymbol, symbolBytes } from './_symbols.js';

export interface LocalHashingParams extends PoolParams {
  readonly keep: Threshold;
}

/** row * g + the cell reported. */
export type LocalHashingReport = number;

const ID = 'local-hashing';

/** Largest field there are tables of. */
const MAX_CELLS = 65_536;

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - k, 2 to 2^20
 * @returns `pool` over the g cells of least rare-value variance; `keep` = (E-1)/(E+g-1) rounded down to a multiple of 2^-64,
 *   E = e^epsilon, with which the cell is that of the value, and a uniform one otherwise; as many `draws` as functions
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): LocalHashingParams {
  const { domainSize } = options;
  const micro = microEpsilon(options.epsilon);
  checkPoolDomain(domainSize);
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  const cells = bestCells(e, domainSize);
  const pool = hashPool(cells, domainSize);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize,
    reportBytes: symbolBytes(cells),
    ...publicDraws(pool.rows),
    cells,
    pool,
    keep: threshold((ONE * (e - SCALE)) / (e + BigInt(cells - 1) * SCALE)),
  });
}

/**
 * The prime power with the least variance among those whose pool has at most {@link mostCounters} counters: in integers, for
 * two engines must not disagree. From the domain's size on there is one function, nothing collides, and more cells are worse.
 */
function bestCells(e: bigint, domainSize: number): number {
  const most = mostCounters(domainSize);
  let best = { cells: 2, error: 1n, scale: 0n };
  for (let cells = 2; cells <= MAX_CELLS; cells++) {
    const { lower, points, rows } = poolShape(cells, domainSize);
    const counters = rows * cells;
    if (counters <= most && characteristicOf(cells) !== undefined) {
      const all = BigInt(points - 1);
      const meet = BigInt(lower - 1);
      const own = meet * (e - SCALE) + all * SCALE;
      const error = own * (all * (e + BigInt(cells - 1) * SCALE) - own);
      const scale = (all - meet) ** 2n;
      if (error * best.scale < best.error * scale) best = { cells, error, scale };
      if (rows === 1) break;
    }
    // No pool of two digits or more is small enough from here on.
    if (cells < domainSize && cells * (cells + 1) > most) cells = domainSize - 1;
  }
  return best.cells;
}

export const randomizer: Client<LocalHashingParams, LocalHashingReport> = {
  derive: withHash<Omit<LocalHashingParams, 'pool'>>,
  randomize(p, value, source, row = 0) {
    checkValue(value, p.domainSize);
    // Drawn whether it is used or not: how many words are taken must not tell a kept cell from a random one.
    const random = uniformInt(source, p.cells);
    return row * p.cells + (bernoulli(source, p.keep) ? p.pool.cellOf(row, value) : random);
  },
  encode: (p, report, into?: Uint8Array<ArrayBuffer>, at?: number) => encodeSymbol(p, report % p.cells, into, at),
};

export const client: IndexClient<LocalHashingParams, LocalHashingReport> = /* @__PURE__ */ drawnClient(
  ID,
  randomizer,
  params,
);

export const aggregator: FrequencyAggregator<LocalHashingParams, LocalHashingReport> =
  /* @__PURE__ */ frequencyAggregator({
    id: ID,
    decode: (p, bytes, draw) => drawOf(p, draw) * p.cells + decodeSymbol(p, p.cells, bytes),
    accumulate: countSymbol,
    accumulateAll: (p, state, bytes, draws) => countDrawn(p, p.cells, state, bytes, draws),
    support({ keep, pool }: LocalHashingParams) {
      const kept = probability(keep);
      const random = (1 - kept) / pool.cells;
      return pooledSupport(kept + random, random, pool);
    },
    counters: ({ pool }) => pool.rows * pool.cells,
    supportCounts: ({ pool }, { counts }) => sumOverRows(pool, counts),
  });

/** Numerator of P[cell | value, row] over g 2^64. */
function mass({ keep, pool }: LocalHashingParams, isOwn: boolean): bigint {
  const kept = numerator(keep);
  return ONE - kept + (isOwn ? BigInt(pool.cells) * kept : 0n);
}

export const channel: Channel<LocalHashingParams, LocalHashingReport> = {
  id: ID,
  likelihood(p, value, report) {
    const { cells, pool } = p;
    const isOwn = pool.cellOf(Math.floor(report / cells), value) === report % cells;
    return ratio(mass(p, isOwn), BigInt(pool.rows * cells) * ONE);
  },
  reports: ({ pool }) => Array.from({ length: pool.rows * pool.cells }, (_, report) => report),
  effectiveEpsilon: (p) => lnAbove(mass(p, true), mass(p, false)),
};
