/**
 * CMS: count-mean sketch, over a complete pool of hash functions.
 *
 * Citation: Apple Differential Privacy Team 2017, "Learning with privacy at scale", the algorithms of CMS for client and
 * server; the pool: Carter, Wegman 1979, "Universal classes of hash functions".
 * Guarantee: epsilon per report, for each row. SUE over the m cells of the row: the bit of the value's cell and every other
 * bit are set with p and 1 - p, p/(1-p) = e^(epsilon/2).
 * Estimator: support counts, a report supporting all values of a cell whose bit is set. Two values share a cell in the share c
 * of the rows, below 1/m, so q = (1-c)(1-p) + c p, and p - q has the factor 1 - c: the published correction m/(m-1), with the c
 * of this pool for 1/m. Rare-value variance times n: q(1-q)/(p-q)^2, m being the least that keeps it within a
 * twentieth of SUE's (up to epsilon 5; above, 1,024 cells may be too few).
 * Report: m bits; m is a power of two, 64 at epsilon 1 and up to 1,024. The row is a public draw and is not sent.
 * Use when: reports must be those of the published system, or their bits be checked one by one.
 * Not when: otherwise. Local hashing has less error in a byte or two.
 */
import { checkReportLength, checkReports, checkValue } from '../check.js';
import { hashPool } from '../encode/hash-pool.js';
import { encodeBytes } from '../encode/report-bytes.js';
import { MechanismError } from '../errors.js';
import { sumOverRows } from '../estimate/pool-sums.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { flipAbove, ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexClient } from '../mechanism.js';
import { numerator, probability } from '../random/bernoulli.js';
import { type BitChannel, type BitRandomizer, bitChannel, randomizeBits, randomizeOne } from '../random/lanes.js';
import { bulkClient, drawnClient } from './_client.js';
import { frequencyAggregator } from './_frequency.js';
import {
  checkDraws,
  checkPoolDomain,
  drawOf,
  type PoolParams,
  pooledSupport,
  publicDraws,
  sketchCells,
  withHash,
} from './_pool.js';

export interface CountMeanSketchParams extends PoolParams {
  readonly bits: BitChannel;
}

export interface CountMeanSketchReport {
  row: number;
  /** Bit i is bit i & 7 of byte i >> 3. */
  readonly bits: Uint8Array;
}

const ID = 'count-mean-sketch';

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - 2 to 2^20
 * @returns `bits`: 1 - p = `unset` = 1/(e^(epsilon/2) + 1), rounded up by at most a ten-thousandth of epsilon, and p = `set`;
 *   `pool` over m cells, the least power of two that adds at most a twentieth to SUE's variance, up to 1,024; as many
 *   `draws` as rows
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): CountMeanSketchParams {
  const { domainSize } = options;
  const micro = microEpsilon(options.epsilon);
  checkPoolDomain(domainSize);
  const flipped = flipAbove(BigInt(micro), BigInt(2 * MICRO));
  const cells = sketchCells(domainSize, ONE - flipped, flipped);
  const pool = hashPool(cells, domainSize);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize,
    reportBytes: Math.ceil(cells / 8),
    ...publicDraws(pool.rows),
    cells,
    pool,
    bits: bitChannel(ONE - flipped, flipped),
  });
}

function randomizerBy(pass: BitRandomizer): Client<CountMeanSketchParams, CountMeanSketchReport> {
  return {
    derive: withHash<Omit<CountMeanSketchParams, 'pool'>>,
    randomize(p, value, source, row = 0, reuse = { row, bits: new Uint8Array(p.reportBytes) }) {
      checkValue(value, p.domainSize);
      reuse.row = row;
      const cell = p.pool.cellOf(row, value);
      randomizeOne(pass, source, p.bits, reuse.bits, 0, p.cells, cell);
      return reuse;
    },
    encode: (p, { bits }, into, at) => encodeBytes(p, bits, into, at),
  };
}

export const randomizer = /* @__PURE__ */ randomizerBy(randomizeBits);
export const client: IndexClient<CountMeanSketchParams, CountMeanSketchReport> = /* @__PURE__ */ bulkClient(
  ID,
  randomizerBy,
  params,
  drawnClient,
);

/** Throws `report-malformed` where bits are set that no cell has; a report of less than a byte has such. */
function checkPadding({ cells }: CountMeanSketchParams, byte: number): void {
  if (cells < 8 && byte >> cells !== 0) throw new MechanismError('report-malformed', 'unused bits are zero');
}

/** Adds the bits of the report at `start` to the counters of a row. */
function addBits(p: CountMeanSketchParams, counts: Float64Array, row: number, bytes: Uint8Array, start: number): void {
  for (let i = 0; i < p.reportBytes; i++) {
    for (let rest = bytes[start + i] as number; rest !== 0; rest &= rest - 1) {
      const at = row * p.cells + 8 * i + 31 - Math.clz32(rest & -rest);
      counts[at] = (counts[at] as number) + 1;
    }
  }
}

export const aggregator: FrequencyAggregator<CountMeanSketchParams, CountMeanSketchReport> =
  /* @__PURE__ */ frequencyAggregator({
    id: ID,
    decode(p, bytes, draw) {
      const row = drawOf(p, draw);
      checkReportLength(bytes, p.reportBytes);
      checkPadding(p, bytes[0] as number);
      return { row, bits: bytes.slice() };
    },
    accumulate(p, state, { row, bits }) {
      state.n++;
      addBits(p, state.counts, row, bits, 0);
    },
    accumulateAll(p, state, bytes, draws) {
      const reports = checkReports(bytes, p.reportBytes);
      checkDraws(p, reports, draws);
      for (let i = 0; i < reports; i++) checkPadding(p, bytes[i * p.reportBytes] as number);
      for (let i = 0; i < reports; i++) addBits(p, state.counts, drawOf(p, draws?.[i]), bytes, i * p.reportBytes);
      state.n += reports;
    },
    support: ({ bits, pool }: CountMeanSketchParams) =>
      pooledSupport(probability(bits.set), probability(bits.unset), pool),
    counters: ({ pool }) => pool.rows * pool.cells,
    supportCounts: ({ pool }, { counts }) => sumOverRows(pool, counts),
  });

export const channel: Channel<CountMeanSketchParams, CountMeanSketchReport> = {
  id: ID,
  likelihood(p, value, { row, bits }) {
    const own = p.pool.cellOf(row, value);
    let mass = 1n;
    for (let cell = 0; cell < p.cells; cell++) {
      const isSet = (((bits[cell >> 3] as number) >> (cell & 7)) & 1) === 1;
      const set = numerator(cell === own ? p.bits.set : p.bits.unset);
      mass *= isSet ? set : ONE - set;
    }
    return ratio(mass, BigInt(p.pool.rows) * ONE ** BigInt(p.cells));
  },
  *reports(p) {
    for (let row = 0; row < p.pool.rows; row++) {
      for (let all = 0; all < 2 ** p.cells; all++) {
        yield { row, bits: Uint8Array.from({ length: p.reportBytes }, (_, i) => Math.floor(all / 256 ** i) & 255) };
      }
    }
  },
  /** Two values in different cells of a row differ in two bits, each with likelihood ratio p/(1-p) at most. */
  effectiveEpsilon({ bits }) {
    const set = numerator(bits.set);
    return lnAbove(set * set, (ONE - set) * (ONE - set));
  },
};
