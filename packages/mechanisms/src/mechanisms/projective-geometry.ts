/**
 * projective-geometry: projective geometry response.
 *
 * Citation: Feldman, Nelson, Nguyen, Talwar 2022, "Private frequency estimation via projective geometry", here over all
 * prime powers; points and hyperplanes as residues by Singer 1938, "A theorem in finite projective geometry".
 * Guarantee: epsilon per report. The report is a point. With probability `keep` it is uniform among the c points of the
 * value's hyperplane, otherwise among all K: a point on it has keep/c + (1-keep)/K, any other (1-keep)/K, and their ratio
 * is at most e^epsilon.
 * Estimator: support counts, p = keep + (1-keep) c/K, q = keep c2/c + (1-keep) c/K, c2 the points that two hyperplanes
 * share; rare-value variance times n: about 4 e^epsilon / (e^epsilon - 1)^2, over the field where it is least.
 * Report: log2 K bits, in whole bytes: u, which supports v where (u + v) mod K is in the difference set D
 * (`field/difference-set.ts`).
 * Use when: the domain has more than about 3 e^epsilon + 2 values: the error of OUE in two or three bytes, from epsilon .25
 * to 5 within 2% of it, and below it in domains of a hundred values.
 * Not when: the domain is smaller (GRR); an upload must be a few bits; epsilon is above 5 and the domain large, as the points are
 * limited (GRR from about 9 on).
 */
import { checkInteger, checkValue, mostCounters } from '../check.js';
import { translateCounts } from '../estimate/translates.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import { type DifferenceSet, differenceSet } from '../field/difference-set.js';
import { type ProjectiveSpace, projectiveSpaces, shortestLine } from '../field/projective-space.js';
import { membersOf } from '../field/singer.js';
import type { Channel, Client, FrequencyAggregator, IndexClient, IndexParams } from '../mechanism.js';
import { numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { keepOr } from '../random/keep-or.js';
import { uniformInt } from '../random/uniform-int.js';
import { withParams } from './_client.js';
import { frequencyAggregator } from './_frequency.js';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol, symbolBytes } from './_symbols.js';

export interface ProjectiveGeometryParams extends IndexParams {
  readonly space: ProjectiveSpace;
  /** The points of the hyperplane of value 0; those of value v are these less v, modulo K. */
  readonly hyperplane: DifferenceSet;
  readonly keep: Threshold;
}

/** The point reported, below K. */
export type ProjectiveGeometryReport = number;

const ID = 'projective-geometry';
const MAX_DOMAIN = 1_048_576;

/** Variances this near to the least, by a part of it, are as good: of those the space with the fewest points is taken. */
const NEAR = 1000n;

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - 2 to 2^20
 * @returns `space` with at least domainSize points (`bestSpace`), `keep` = (E-1)c/((E-1)c + K) rounded down to a multiple
 *   of 2^-64, E = e^epsilon
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): ProjectiveGeometryParams {
  const micro = microEpsilon(options.epsilon);
  checkInteger('domain-size-out-of-range', 'domainSize', options.domainSize, 2, MAX_DOMAIN);
  const odds = expBelow(BigInt(micro), BigInt(MICRO)) - SCALE;
  const space = bestSpace(odds, options.domainSize);
  const kept = odds * BigInt(space.weight);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: symbolBytes(space.points),
    space,
    hyperplane: differenceSet(space),
    keep: threshold((ONE * kept) / (kept + SCALE * BigInt(space.points))),
  });
}

/**
 * The space of at least `domainSize` points with the least rare-value variance, or within a thousandth of it and with fewer
 * points. In integers: both sides must come to the same.
 *
 * @param odds - e^epsilon - 1 times 2^96
 */
function bestSpace(odds: bigint, domainSize: number): ProjectiveSpace {
  // Of the lines only the shortest: there this is GRR, whose variance grows with the points.
  const spaces = [shortestLine(domainSize), ...projectiveSpaces(domainSize, mostCounters(domainSize))].map((space) => ({
    space,
    variance: rareVariance(odds, space),
  }));
  const least = spaces.reduce((a, b) => (b.variance < a.variance ? b : a)).variance;
  return spaces
    .filter(({ variance }) => variance * NEAR <= least * (NEAR + 1n))
    .reduce((a, b) => (b.space.points < a.space.points ? b : a)).space;
}

/**
 * q(1-q)/(p-q)^2 times (E-1)^2 2^192, rounded down. With Z = (E-1)c + K: p = E c/Z, q = ((E-1)c2 + c)/Z, so that
 * p - q = (E-1)(c-c2)/Z.
 */
function rareVariance(odds: bigint, space: ProjectiveSpace): bigint {
  const [points, weight, overlap] = [BigInt(space.points), BigInt(space.weight), BigInt(space.overlap)];
  const apart = weight - overlap;
  const supporting = odds * overlap + SCALE * weight;
  const others = odds * apart + SCALE * (points - weight);
  return (supporting * others) / (apart * apart);
}

export const randomizer: Client<ProjectiveGeometryParams, ProjectiveGeometryReport> = {
  derive: (plain: Omit<ProjectiveGeometryParams, 'hyperplane'>) => ({ ...plain, hyperplane: membersOf(plain.space) }),
  randomize(p, value, source) {
    checkValue(value, p.domainSize);
    const { points, weight } = p.space;
    const point = p.hyperplane.member(uniformInt(source, weight)) - value;
    return keepOr(source, p.keep, points, (point + points) % points);
  },
  encode: encodeSymbol,
};

export const client: IndexClient<ProjectiveGeometryParams, ProjectiveGeometryReport> = /* @__PURE__ */ withParams(
  ID,
  randomizer,
  params,
);

function supports({ hyperplane }: ProjectiveGeometryParams, value: number, report: number): boolean {
  return hyperplane.has((report + value) % hyperplane.size);
}

export const aggregator: FrequencyAggregator<ProjectiveGeometryParams, ProjectiveGeometryReport> =
  /* @__PURE__ */ frequencyAggregator({
    id: ID,
    decode: (p, bytes) => decodeSymbol(p, p.space.points, bytes),
    accumulate: countSymbol,
    accumulateAll: (p, state, bytes) => countSymbols(p, p.space.points, state, bytes),
    counters: (p) => p.space.points,
    supportCounts: (p, state) => translateCounts(state.counts, p.hyperplane, p.domainSize),
    support({ keep, space: { points, weight, overlap } }: ProjectiveGeometryParams) {
      const kept = probability(keep);
      const random = ((1 - kept) * weight) / points;
      return { p: kept + random, q: (kept * overlap) / weight + random };
    },
  });

/** Numerator of P[report | value] over 2^64 c K. */
function mass({ keep, space: { points, weight } }: ProjectiveGeometryParams, isSupporting: boolean): bigint {
  const kept = numerator(keep);
  return (ONE - kept) * BigInt(weight) + (isSupporting ? kept * BigInt(points) : 0n);
}

export const channel: Channel<ProjectiveGeometryParams, ProjectiveGeometryReport> = {
  id: ID,
  likelihood: (p, value, report) =>
    ratio(mass(p, supports(p, value, report)), ONE * BigInt(p.space.weight) * BigInt(p.space.points)),
  reports: (p) => Array.from({ length: p.space.points }, (_, report) => report),
  effectiveEpsilon: (p) => lnAbove(mass(p, true), mass(p, false)),
};
