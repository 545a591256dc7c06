/**
 * LOLOHA: longitudinal local hashing; the cell that a public hash function gives the value, through two rounds of GRR.
 *
 * Citation: Arcolezi, Pinzon, Palamidessi, Gambs 2023, "Frequency estimation of evolving data under local differential
 * privacy". Three things differ. The second round is calibrated exactly (`_two-stage.ts`): the declared epsilonFirst is
 * used in full, where one report of the published one spends less as soon as there are more than two cells; at one and
 * the same spend the two are the same channel. What is stored is drawn anew each epoch. And the hash function is the
 * draw that all latched metrics of an installation share, so there are 64 of them at most, where the paper has no end.
 * Guarantee: epsilonFirst for one report, epsilonInfinity for whatever is sent of one stored cell, `microEpoch` for any
 * number of reports between: with A = e^epsilonInfinity, c the odds of the second round and g cells, r reports cost
 * ln( (A c^r + g-1) / (A + c^r + g-2) ). It holds for each hash function by itself.
 * Estimator: a report supports the values that its function takes to its cell; with B = e^epsilonFirst, p = B/(B+g-1),
 * q = 1/g, rare-value variance times n: (B-1+g)^2 / ((B-1)^2 (g-1)), about 4B/(B-1)^2, and up to 1.3 times that, since g is 2, 4, 8 or 64. Reports of one epoch share the
 * first round, whose part is not divided.
 * Report: the function and the cell, 7 to 12 bits, in one or two bytes.
 * Use when: a state with up to 64 values is reported several times an epoch, and one or two bytes are what it may cost.
 * Not when: there are more values (L-OSUE), or fewer than about 3B + 2 (L-GRR). More than 64 are refused: an estimator
 * that counts on a collision in 1/g of the functions is biased unless any two values do collide in so many, and the
 * linear functions that a draw of 64 can choose from do so for 64 values.
 */
import { checkInteger, checkIsValue } from '../check.js';
import { type CohortHash, cohortHash, hashedValues } from '../encode/cohort-hash.js';
import { MICRO } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { type Ratio, ratio, times } from '../exact/ratio.js';
import type {
  Channel,
  FrequencyAggregator,
  LatchedClient,
  LatchedIndexClient,
  LatchedIndexParams,
  Stages,
} from '../mechanism.js';
import { probability } from '../random/bernoulli.js';
import { keepOr } from '../random/keep-or.js';
import { withParams } from './_client.js';
import { checkLatched, microEpoch, microStages } from './_epoch.js';
import { frequencyAggregator } from './_frequency.js';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol, symbolBytes } from './_symbols.js';
import {
  type CellStages,
  cellLikelihood,
  cellStages,
  cellSupport,
  cellsLikelihood,
  chargesOfCells,
  effectiveFirst,
  roundLikelihood,
  sharedBy,
} from './_two-stage.js';

export interface LolohaParams extends LatchedIndexParams, CellStages {
  readonly hash: CohortHash;
}

/** Number of the hash function times `cells`, plus the cell reported. */
export type LolohaReport = number;

const ID = 'loloha';
const MAX_DOMAIN = 64;
/** Numbers of cells of which 64 functions are a complete family, or several times one. */
const CELLS = [2, 4, 8, 16, 32, 64];

/**
 * @param options.epsilonFirst - of one report, 0.000001 to 16, at most six decimals
 * @param options.epsilonInfinity - of all reports of one epoch, the same, larger than epsilonFirst
 * @param options.reports - reports of an epoch, 2 to 366
 * @param options.domainSize - 2 to 64
 * @returns `cells`: g, the power of two with the least variance of those that the domain leaves, below 2 domainSize
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`, `option-invalid`
 */
export function params(options: Stages & { readonly domainSize: number }): LolohaParams {
  const { first, infinity } = microStages(options);
  const { domainSize, reports } = options;
  checkInteger('domain-size-out-of-range', 'domainSize', domainSize, 2, MAX_DOMAIN);
  const stages = cellStages(first, infinity, bestCells(first, domainSize));
  const hash = Object.freeze(cohortHash(stages.cells));
  return Object.freeze({
    mechanism: ID,
    microEpsilon: first,
    microEpoch: microEpoch(chargesOfCells(stages, reports), first, infinity),
    microInfinity: infinity,
    domainSize,
    reportBytes: symbolBytes(hash.functions * stages.cells),
    ...stages,
    hash,
  });
}

/** The least (B-1+g)^2 / (g-1), in integers: two engines must not differ in a bit. */
function bestCells(microFirst: number, domainSize: number): number {
  const grown = expBelow(BigInt(microFirst), BigInt(MICRO)) - SCALE;
  const spread = (cells: number) => ratio((grown + BigInt(cells) * SCALE) ** 2n, BigInt(cells - 1));
  // With as many cells as values or more L-GRR does better; twice as many would only make reports longer.
  const possible = CELLS.filter((cells) => hashedValues(cells) >= domainSize && cells < 2 * domainSize);
  return possible.reduce((best, cells) => {
    const [a, b] = [spread(best), spread(cells)];
    return b.numerator * a.denominator < a.numerator * b.denominator ? cells : best;
  });
}

/** Symbols below this are reports, or stored. */
function symbols({ cells, hash }: LolohaParams): number {
  return cells * hash.functions;
}

/** A hash function and a cell. */
type Place = readonly [row: number, cell: number];

function placeOf({ cells }: LolohaParams, symbol: number): Place {
  return [Math.floor(symbol / cells), symbol % cells];
}

/** What is stored: a byte for each of the two. @throws MechanismError `value-out-of-range` */
function storedPlace(p: LolohaParams, permanent: Uint8Array): Place {
  const [row, cell] = permanent as unknown as Place;
  checkIsValue(permanent.length === 2 && row < p.hash.functions && cell < p.cells);
  return [row, cell];
}

export const randomizer: LatchedClient<LolohaParams, LolohaReport> = {
  derive: (plain: Omit<LolohaParams, 'hash'>) => ({ ...plain, hash: cohortHash(plain.cells) }),
  latch(p, value, draw, source) {
    checkLatched(p, value, draw);
    const row = draw % p.hash.functions;
    return Uint8Array.of(row, keepOr(source, p.permanent, p.cells, p.hash.cellOf(row, value)));
  },
  report(p, permanent, source) {
    const [row, cell] = storedPlace(p, permanent);
    return row * p.cells + keepOr(source, p.instantaneous, p.cells, cell);
  },
  encode: encodeSymbol,
};

export const client: LatchedIndexClient<LolohaParams, LolohaReport> = /* @__PURE__ */ withParams(
  ID,
  randomizer,
  params,
);

export const aggregator: FrequencyAggregator<LolohaParams, LolohaReport> = /* @__PURE__ */ frequencyAggregator({
  id: ID,
  decode: (p, bytes) => decodeSymbol(p, symbols(p), bytes),
  accumulate: countSymbol,
  accumulateAll: (p, state, bytes) => countSymbols(p, symbols(p), state, bytes),
  counters: symbols,
  supportCounts({ domainSize, cells, hash }, { counts }) {
    const support = new Float64Array(domainSize);
    for (let row = 0; row < hash.functions; row++) {
      for (let value = 0; value < domainSize; value++) {
        const count = counts[row * cells + hash.cellOf(row, value)] as number;
        support[value] = (support[value] as number) + count;
      }
    }
    return support;
  },
  support: (p: LolohaParams) => ({ p: cellSupport(p).p, q: 1 / p.cells }),
  shared(p) {
    const keep = probability(p.permanent);
    return sharedBy({ p: keep + (1 - keep) / p.cells, q: 1 / p.cells }, probability(p.instantaneous));
  },
});

/** Chance of something about cells in the value's own row, each row being as likely. */
function inRow(p: LolohaParams, value: number, row: number, chance: (cell: number) => Ratio): Ratio {
  return times(ratio(1n, BigInt(p.hash.functions)), chance(p.hash.cellOf(row, value)));
}

export const channel: Channel<LolohaParams, LolohaReport> = {
  id: ID,
  likelihood(p, value, report) {
    const [row, reported] = placeOf(p, report);
    return inRow(p, value, row, (cell) => cellLikelihood(p, cell, reported));
  },
  reports: (p) => Array.from({ length: symbols(p) }, (_, report) => report),
  effectiveEpsilon: effectiveFirst,
};

export { effectiveInfinity } from './_two-stage.js';

/** P[what is stored | value], exactly, the draw being uniform. */
export function permanentLikelihood(p: LolohaParams, value: number, permanent: Uint8Array): Ratio {
  const [row, stored] = storedPlace(p, permanent);
  return inRow(p, value, row, (cell) => roundLikelihood(p.permanent, p.cells, cell, stored));
}

/**
 * P[all these reports, in this order | value], exactly, all being of one stored cell.
 * @param reports - one or more; zero likelihood if they differ in their hash function
 */
export function repeatsLikelihood(p: LolohaParams, value: number, reports: readonly LolohaReport[]): Ratio {
  const each = reports.map((report) => placeOf(p, report));
  const [first] = each;
  if (first === undefined) return ratio(1n, 1n);
  if (each.some(([row]) => row !== first[0])) return ratio(0n, 1n);
  const reported = each.map(([, cell]) => cell);
  return inRow(p, value, first[0], (cell) => cellsLikelihood(p, cell, reported));
}
