import type { Shared, Support } from '../estimate/support.js';
import { MICRO } from '../exact/epsilon.js';
import { expBelow, SCALE } from '../exact/exponential.js';
import { ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { plus, type Ratio, ratio, times } from '../exact/ratio.js';
import { numerator, probability, type Threshold, threshold } from '../random/bernoulli.js';
import { cellCharges } from './_epoch.js';

/**
 * What L-GRR and LOLOHA share: one of g cells through two rounds of generalized randomized response, each of which keeps it
 * with some probability and otherwise takes a uniform one of all g.
 *
 * Two rounds in a row are one that keeps with the product of their probabilities. So for the first report to be that of an
 * epsilonFirst of its own the second keeps with keep(epsilonFirst) / keep(epsilonInfinity), keep(x) = (e^x - 1)/(e^x + g - 1).
 * With A, B = e^epsilonInfinity, e^epsilonFirst that gives the own cell odds of (AB + (g-2)B - (g-1))/(A - B) over another. The
 * published choice (AB - 1)/(A - B) is the same for g = 2, and keeps less for more cells.
 */
export interface CellStages {
  readonly cells: number;
  readonly permanent: Threshold;
  readonly instantaneous: Threshold;
}

/** (e^x - 1)/(e^x + g - 1), rounded down to a multiple of 2^-64. */
function keepBelow(micro: number, cells: number): bigint {
  const e = expBelow(BigInt(micro), BigInt(MICRO));
  return (ONE * (e - SCALE)) / (e + (BigInt(cells) - 1n) * SCALE);
}

/** @param microFirst, microInfinity - the first below the second */
export function cellStages(microFirst: number, microInfinity: number, cells: number): CellStages {
  const permanent = keepBelow(microInfinity, cells);
  return {
    cells,
    permanent: threshold(permanent),
    instantaneous: threshold((ONE * keepBelow(microFirst, cells)) / permanent),
  };
}

/** Numerators of the chances of the own cell and of another, over `certainty` times the number of cells. */
function masses(keep: bigint, certainty: bigint, cells: number): { readonly own: bigint; readonly other: bigint } {
  const other = certainty - keep;
  return { own: other + BigInt(cells) * keep, other };
}

const oneRound = (keep: Threshold, cells: number) => masses(numerator(keep), ONE, cells);

function bothRounds({ cells, permanent, instantaneous }: CellStages) {
  return masses(numerator(permanent) * numerator(instantaneous), ONE * ONE, cells);
}

/** Charges of 1, 2, .. `reports` reports, in millionths rounded up. */
export function chargesOfCells({ cells, permanent, instantaneous }: CellStages, reports: number): number[] {
  const odds = ({ own, other }: ReturnType<typeof masses>) => ratio(own, other);
  return cellCharges(odds(oneRound(permanent, cells)), odds(oneRound(instantaneous, cells)), cells, reports);
}

/** Largest log likelihood ratio of one report, rounded up. */
export function effectiveFirst(stages: CellStages): number {
  const { own, other } = bothRounds(stages);
  return lnAbove(own, other);
}

/** Largest log likelihood ratio of what is stored, and so of however many reports, rounded up. */
export function effectiveInfinity({ cells, permanent }: CellStages): number {
  const { own, other } = oneRound(permanent, cells);
  return lnAbove(own, other);
}

/** Chance that cell `from` becomes `to` in one round. */
export function roundLikelihood(keep: Threshold, cells: number, from: number, to: number): Ratio {
  const { own, other } = oneRound(keep, cells);
  return ratio(from === to ? own : other, BigInt(cells) * ONE);
}

/** Chance that cell `from` is reported as `to`. */
export function cellLikelihood(stages: CellStages, from: number, to: number): Ratio {
  const { own, other } = bothRounds(stages);
  return ratio(from === to ? own : other, BigInt(stages.cells) * ONE * ONE);
}

/** Chance that reports of one stored cell are these, in this order. */
export function cellsLikelihood(stages: CellStages, from: number, reported: readonly number[]): Ratio {
  const { cells, permanent, instantaneous } = stages;
  let sum = ratio(0n, 1n);
  for (let stored = 0; stored < cells; stored++) {
    const each = reported.map((to) => roundLikelihood(instantaneous, cells, stored, to));
    sum = plus(sum, each.reduce(times, roundLikelihood(permanent, cells, from, stored)));
  }
  return sum;
}

/** How often a report is in the client's own cell, and in any one of the others. */
export function cellSupport({ cells, permanent, instantaneous }: CellStages): Support {
  const keep = probability(permanent) * probability(instantaneous);
  const q = (1 - keep) / cells;
  return { p: keep + q, q };
}

/**
 * What reports of one epoch share.
 * @param stored - chance that what is stored supports a value: of who holds it, and of who does not
 * @param kept - how much more often a report supports it if what is stored does
 */
export function sharedBy(stored: Support, kept: number): Shared {
  const covariance = (chance: number) => kept ** 2 * chance * (1 - chance);
  return { own: covariance(stored.p), other: covariance(stored.q) };
}
