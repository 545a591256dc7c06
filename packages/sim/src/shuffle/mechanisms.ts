import {
  type BitChannel,
  numerator,
  type Params,
  plus,
  type Ratio,
  ratio,
  type Threshold,
  times,
  toNumber,
} from '@dither/mechanisms';
import type { CountMeanSketchParams } from '@dither/mechanisms/count-mean-sketch';
import type { DBitFlipParams } from '@dither/mechanisms/d-bit-flip';
import type { GrrParams } from '@dither/mechanisms/grr';
import type { HadamardCountMeanSketchParams } from '@dither/mechanisms/hadamard-count-mean-sketch';
import type { HadamardResponseParams } from '@dither/mechanisms/hadamard-response';
import type { HybridParams } from '@dither/mechanisms/hybrid';
import type { LGrrParams } from '@dither/mechanisms/l-grr';
import type { LOsueParams } from '@dither/mechanisms/l-osue';
import type { LocalHashingParams } from '@dither/mechanisms/local-hashing';
import type { LolohaParams } from '@dither/mechanisms/loloha';
import type { OneTimeRapporParams } from '@dither/mechanisms/one-time-rappor';
import type { PiecewiseParams } from '@dither/mechanisms/piecewise';
import type { ProjectiveGeometryParams } from '@dither/mechanisms/projective-geometry';
import type { RapporParams } from '@dither/mechanisms/rappor';
import type { RecursiveHadamardParams } from '@dither/mechanisms/recursive-hadamard';
import type { SquareWaveParams } from '@dither/mechanisms/square-wave';
import type { SubsetParams } from '@dither/mechanisms/subset-selection';
import type { TreeParams } from '@dither/mechanisms/tree';
import { type LocalRandomizer, mostVariation } from './randomizer.js';

/** Certainty, in the units of a threshold. */
const ONE = 1n << 64n;

/** What a mechanism's reports tell of two values, as `LocalRandomizer` has it. */
interface Told {
  readonly variation: Ratio;
  readonly support?: Ratio;
}

/**
 * By mechanism, exactly from the integers in use; of public coins, which the report comes with, on average. Where a report either
 * supports a value or does not, the variation is p - q: what is likelier under one value than under another is what
 * supports the one and not the other.
 */
const mechanisms: Readonly<Record<string, (params: never) => Told>> = {
  rr: twoAnswers,
  grr: ({ keep, domainSize }: GrrParams) => keptOf(keep, ALL, ratio(1n, BigInt(domainSize))),
  sue: ({ bits }: TreeParams) => ownBit(bits),
  oue: ({ bits }: TreeParams) => ownBit(bits),
  'subset-selection': ({ domainSize, weight, own }: SubsetParams) => {
    const [p, k, w] = [numerator(own), BigInt(domainSize), BigInt(weight)];
    return { variation: ratio(p * (k - w) - (ONE - p) * w, (k - 1n) * ONE), support: ratio(p, ONE) };
  },
  'local-hashing': ({ keep, pool, cells }: LocalHashingParams) => keptOf(keep, apart(pool), ratio(1n, BigInt(cells))),
  'count-mean-sketch': ({ bits, pool }: CountMeanSketchParams) => partly(ownBit(bits), apart(pool)),
  // Two rows of a Hadamard matrix differ in half of their entries, and so do two columns.
  'hadamard-count-mean-sketch': ({ pool, truth }: HadamardCountMeanSketchParams) =>
    partly(twoAnswers({ truth }), times(apart(pool), HALF)),
  'hadamard-response': ({ keep, blocks }: HadamardResponseParams) =>
    keptOf(keep, blocks === 1 ? HALF : ALL, ratio(1n, BigInt(2 * blocks))),
  'recursive-hadamard': ({ keep, blocks, outputs }: RecursiveHadamardParams) =>
    keptOf(keep, blocks === 1 ? HALF : ALL, ratio(1n, BigInt(outputs))),
  'projective-geometry': ({ keep, space: { points, weight, overlap } }: ProjectiveGeometryParams) =>
    keptOf(keep, ratio(BigInt(weight - overlap), BigInt(weight)), ratio(BigInt(weight), BigInt(points))),
  // Zero and the clamp, which are never rounded at random, under every question. Values between are mixtures of them.
  'one-bit-mean': twoAnswers,
  duchi: twoAnswers,
  piecewise: ({ keep, steps, window, outputs }: PiecewiseParams) =>
    keptOf(keep, ratio(BigInt(Math.min(steps, window)), BigInt(window)), ratio(BigInt(window), BigInt(outputs))),
  hybrid: ({ inside, anywhere, truth, steps, window }: HybridParams) => ({
    variation: plus(
      ratio(numerator(inside) * BigInt(Math.min(steps, window)), ONE * BigInt(window)),
      ratio(2n * numerator(truth) - numerator(anywhere) - ONE, ONE),
    ),
  }),
  // "No event" and any cell differ at every level.
  tree: ({ bits }: TreeParams) => ownBit(bits),
  // The window of "no event" meets no other.
  'square-wave': ({ keep, window, outputs }: SquareWaveParams) =>
    keptOf(keep, ALL, ratio(BigInt(window), BigInt(outputs))),
  'l-grr': twoRounds,
  'l-osue': (params: LOsueParams) => ownBits(1, bothStages(params)),
  // Of the functions one in `cells` takes two values to one cell.
  loloha: (params: LolohaParams) => partly(twoRounds(params), ratio(BigInt(params.cells) - 1n, BigInt(params.cells))),
  // Of a set that has either of two buckets, or both: as much as one answer says.
  'd-bit-flip': ({ domainSize, sets, sampled, truth }: DBitFlipParams) => {
    const having = Math.min(sets, 2 * Math.ceil((sets * sampled) / domainSize));
    return { variation: times(twoAnswers({ truth }).variation, ratio(BigInt(having), BigInt(sets))) };
  },
  'one-time-rappor': ({ hashes, channel }: OneTimeRapporParams) => ownBits(hashes, exactly(channel)),
  rappor: ({ hashes, ...stages }: RapporParams) => ownBits(hashes, bothStages(stages)),
};

/**
 * What shuffling needs to know of a mechanism. Its variation is exact, or an upper bound, to within a unit in the last place.
 *
 * @param epsilon - the effective one, which is all that is known of a mechanism without an entry
 */
export function localRandomizer(params: Params, epsilon: number): LocalRandomizer {
  const entry = Object.hasOwn(mechanisms, params.mechanism) ? mechanisms[params.mechanism] : undefined;
  if (entry === undefined) return { epsilon, totalVariation: mostVariation(epsilon) };
  const { variation, support } = entry(params as never);
  return {
    epsilon,
    totalVariation: toNumber(variation),
    ...(support === undefined ? {} : { support: toNumber(support) }),
  };
}

const ALL = ratio(1n, 1n);
const HALF = ratio(1n, 2n);

/** Randomized response. */
function twoAnswers({ truth }: Pick<DBitFlipParams, 'truth'>): Told {
  return { variation: ratio(2n * numerator(truth) - ONE, ONE), support: ratio(numerator(truth), ONE) };
}

/**
 * With probability `keep` an output that supports the value, otherwise any.
 * @param apart - of the outputs that support a value, how many do not support another
 * @param random - of all outputs, how many support a value
 */
function keptOf(keep: Threshold, apart: Ratio, random: Ratio): Told {
  const kept = ratio(numerator(keep), ONE);
  return {
    variation: times(kept, apart),
    support: plus(kept, times(ratio(ONE - numerator(keep), ONE), random)),
  };
}

/** Of public coins, under a part of which two values are alike. */
function partly({ variation, ...told }: Told, apart: Ratio): Told {
  return { ...told, variation: times(variation, apart) };
}

/** Probabilities that a bit is set: one of the value, and another. */
interface Bit {
  readonly set: Ratio;
  readonly unset: Ratio;
}

function exactly({ set, unset }: BitChannel): Bit {
  return { set: ratio(numerator(set), ONE), unset: ratio(numerator(unset), ONE) };
}

function bothStages({ permanent, instantaneous }: Pick<LOsueParams, 'permanent' | 'instantaneous'>): Bit {
  const { set, unset } = instantaneous;
  const both = (stored: Threshold) =>
    ratio(numerator(stored) * numerator(set) + (ONE - numerator(stored)) * numerator(unset), ONE * ONE);
  return { set: both(permanent.set), unset: both(permanent.unset) };
}

function ownBit(bits: BitChannel): Told {
  return ownBits(1, exactly(bits));
}

function twoRounds({ permanent, instantaneous, cells }: LGrrParams | LolohaParams): Told {
  const keep = ratio(numerator(permanent) * numerator(instantaneous), ONE * ONE);
  const random = ratio(keep.denominator - keep.numerator, keep.denominator * BigInt(cells));
  return { variation: keep, support: plus(keep, random) };
}

/** Share of the functions of a pool under which two values are in different cells. */
function apart({ lower, points }: LocalHashingParams['pool']): Ratio {
  return ratio(BigInt(points - lower), BigInt(points - 1));
}

/**
 * Two values differ in `hashes` bits each way at most. How many of either are set is all that matters, and so many of the one
 * and fewer of the other are likelier under the one. With a single bit a report supports the values whose bit is set.
 */
function ownBits(hashes: number, { set, unset }: Bit): Told {
  let variation = ratio(0n, 1n);
  for (let own = 1; own <= hashes; own++) {
    for (let other = 0; other < own; other++) {
      const likelier = times(chanceOf(own, hashes, set), chanceOf(other, hashes, unset));
      const less = times(chanceOf(own, hashes, unset), chanceOf(other, hashes, set));
      variation = plus(variation, plus(likelier, ratio(-less.numerator, less.denominator)));
    }
  }
  return hashes === 1 ? { variation, support: set } : { variation };
}

/** P[Bin(size, chance) = count], of a size of a few. */
function chanceOf(count: number, size: number, { numerator: yes, denominator }: Ratio): Ratio {
  let ways = 1n;
  for (let i = 1n; i <= BigInt(count); i++) ways = (ways * (BigInt(size) - i + 1n)) / i;
  return ratio(ways * yes ** BigInt(count) * (denominator - yes) ** BigInt(size - count), denominator ** BigInt(size));
}
