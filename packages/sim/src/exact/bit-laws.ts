import { type BitChannel, candidateBits, probability, type TextShape } from '@dither/mechanisms';
import type { DBitFlipParams } from '@dither/mechanisms/d-bit-flip';
import type { LOsueParams } from '@dither/mechanisms/l-osue';
import type { OneTimeRapporParams } from '@dither/mechanisms/one-time-rappor';
import type { client as oue } from '@dither/mechanisms/oue';
import type { RapporParams } from '@dither/mechanisms/rappor';
import type { SubsetParams } from '@dither/mechanisms/subset-selection';
import type { TreeParams } from '@dither/mechanisms/tree';
import { type Chances, drawBits } from './bits.js';
import { add, type Draw } from './draw.js';

/* Mechanisms whose report is bits, each randomized by itself. */

export function chancesOf({ set, unset }: BitChannel): Chances {
  return { set: probability(set), unset: probability(unset) };
}

/** Of two stages in a row. */
function inTurn(permanent: BitChannel, instantaneous: BitChannel): Chances {
  const [stored, then] = [chancesOf(permanent), chancesOf(instantaneous)];
  const both = (chance: number) => chance * then.set + (1 - chance) * then.unset;
  return { set: both(stored.set), unset: both(stored.unset) };
}

/** One bit for each value. */
function overValues(values: number, chances: Chances): Draw {
  return drawBits({
    groups: 1,
    lanes: () => values,
    own: 1,
    ownLane: (_group, value) => value,
    chances,
    countBit: (counts, _group, value, yes) => add(counts, value, yes),
  });
}

export function unary({ domainSize, bits }: ReturnType<typeof oue.params>): Draw {
  return overValues(domainSize, chancesOf(bits));
}

export function lOsue({ domainSize, permanent, instantaneous }: LOsueParams): Draw {
  return overValues(domainSize, inTurn(permanent, instantaneous));
}

/** Of each value by itself: a subset has so many members, and here their number varies. */
export function subsetSelection({ domainSize, weight, own }: SubsetParams): Draw {
  const set = probability(own);
  return overValues(domainSize, { set, unset: (weight - set) / (domainSize - 1) });
}

/** Groups are the levels, a bit for each of their groups of cells and one for "no event"; the counter before is of reports. */
export function tree({ domainSize, shape, levelBits, bits }: TreeParams): Draw {
  const starts = levelBits.map((_, level) => levelBits.slice(0, level).reduce((sum, length) => sum + length + 1, 0));
  const start = (level: number) => starts[level] as number;
  const none = domainSize - 1;
  return drawBits({
    groups: levelBits.length,
    lanes: (level) => levelBits[level] as number,
    own: 1,
    ownLane: (level, value) =>
      value === none ? (levelBits[level] as number) - 1 : Math.floor(value / (shape.widths[level] as number)),
    chances: chancesOf(bits),
    countReports: (counts, level, reports) => add(counts, start(level), reports),
    countBit: (counts, level, lane, yes) => add(counts, start(level) + 1 + lane, yes),
  });
}

/** Groups are the bucket sets, which go round through all buckets. */
export function dBitFlip({ domainSize, sets, sampled, truth }: DBitFlipParams): Draw {
  const set = probability(truth);
  return drawBits({
    groups: sets,
    lanes: () => sampled,
    own: 1,
    ownLane(group, value) {
      const lane = (value + domainSize - ((group * sampled) % domainSize)) % domainSize;
      return lane < sampled ? lane : -1;
    },
    chances: { set, unset: 1 - set },
    countBit(counts, group, lane, yes, reports) {
      const bucket = (group * sampled + lane) % domainSize;
      add(counts, 2 * bucket, reports);
      add(counts, 2 * bucket + 1, yes);
    },
  });
}

export function oneTimeRappor(params: OneTimeRapporParams, texts: readonly string[]): Draw {
  return overTexts(params, texts, chancesOf(params.channel));
}

export function rappor(params: RapporParams, texts: readonly string[]): Draw {
  return overTexts(params, texts, inTurn(params.permanent, params.instantaneous));
}

/** Groups are the cohorts, whose first counter is of reports. */
function overTexts(shape: TextShape, texts: readonly string[], chances: Chances): Draw {
  const { bits, hashes, cohorts } = shape;
  // Of each text cohort by cohort; none of "".
  const { rows, starts } = candidateBits(texts, shape);
  return drawBits({
    groups: cohorts,
    lanes: () => bits,
    own: hashes,
    ownLane(cohort, value, i) {
      const at = (starts[value] as number) + cohort * hashes + i;
      return at < (starts[value + 1] as number) ? (rows[at] as number) - cohort * bits : -1;
    },
    chances,
    countReports: (counts, cohort, reports) => add(counts, cohort * (bits + 1), reports),
    countBit: (counts, cohort, bit, yes) => add(counts, cohort * (bits + 1) + 1 + bit, yes),
  });
}
