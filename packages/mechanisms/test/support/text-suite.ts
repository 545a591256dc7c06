import seedrandom from 'seedrandom';
import { normalQuantile, normalTail } from '../../src/estimate/normal.js';
import { factorize, inverseDiagonal } from '../../src/estimate/text/cholesky.js';
import type { CandidateBits, CohortCounts } from '../../src/estimate/text/counts.js';
import { decodeTexts, type TextDecoding } from '../../src/estimate/text/decode.js';
import { detectionThreshold } from '../../src/estimate/text/lists.js';
import { sampleMultinomial } from './binomial-sampler.js';
import { type Channel, drawCounts, drawTexts, pick, type Shape, sharesOf, twoStage } from './text-world.js';

/** The published regression suite's channel, and one with the same two epsilons, one hash and 32 bits. */
export const CHANNELS = {
  published: { cohorts: 128, bits: 8, hashes: 2, mayMeet: true, ...twoStage(0.39, 0.61, 0.45) },
  advised: { cohorts: 128, bits: 32, hashes: 1, mayMeet: true, ...twoStage(0.359, 0.641, 0.155) },
} as const satisfies Record<string, Channel>;

const TRUE = 100;
const FALSE = 20;
const CLIENTS = 1e6;

/** Which true texts are no candidates: every tenth as in the published suite, the ninth first, or any ten. */
export type Missing = 'every tenth' | 'any ten';

export interface Run {
  readonly counts: CohortCounts;
  readonly candidates: CandidateBits;
  /** Share of the clients that hold each candidate. */
  readonly truth: Float64Array;
  readonly decoding: TextDecoding;
  /** Texts that would be detected on average by an unbiased estimate with the smallest error there is. */
  readonly bound: number;
}

/** One run of the suite: 100 true texts, ten of them no candidates, and twenty false ones. */
export function runSuite(channel: Channel, shape: Shape, missing: Missing, seed: string): Run {
  const uniform = seedrandom(`${seed}/${shape}/${missing}`);
  const texts = drawTexts(uniform, channel, TRUE + FALSE);
  const held = new Float64Array(TRUE + FALSE);
  held.set(sampleMultinomial(uniform, CLIENTS, sharesOf(shape, TRUE)));
  const counts = drawCounts(uniform, channel, texts, held);
  const gone = missing === 'every tenth' ? everyTenth() : anyTen(uniform);
  const which = Array.from({ length: TRUE + FALSE }, (_, v) => v).filter((v) => !gone.has(v));
  const candidates = pick(texts, which);
  const truth = Float64Array.from(which, (v) => (held[v] as number) / CLIENTS);
  const decoding = decodeTexts(counts, candidates);
  const threshold = detectionThreshold(decoding.pValue, 'adaptive');
  return { counts, candidates, truth, decoding, bound: boundOn(channel, counts, texts, held, which, threshold) };
}

function everyTenth(): Set<number> {
  return new Set(Array.from({ length: TRUE / 10 }, (_, i) => 10 * i + 8));
}

function anyTen(uniform: () => number): Set<number> {
  const gone = new Set<number>();
  while (gone.size < TRUE / 10) gone.add(Math.floor(uniform() * TRUE));
  return gone;
}

/**
 * The power of the same threshold when errors are those of the Cramer-Rao bound: the inverse of the exact Fisher
 * information about all texts held and all candidates, the missing ones known.
 */
function boundOn(
  channel: Channel,
  counts: CohortCounts,
  texts: CandidateBits,
  held: Float64Array,
  which: readonly number[],
  threshold: number,
): number {
  const { set, unset, bits } = channel;
  const shares = new Float64Array(counts.ones.length);
  const byRow = Array.from(shares, (): number[] => []);
  for (let v = 0; v < texts.count; v++) {
    for (let i = texts.starts[v] as number; i < (texts.starts[v + 1] as number); i++) {
      const row = texts.rows[i] as number;
      shares[row] = (shares[row] as number) + (held[v] as number) / CLIENTS;
      byRow[row]?.push(v);
    }
  }
  const information = new Float64Array(texts.count ** 2);
  byRow.forEach((setting, row) => {
    const pi = unset + (set - unset) * (shares[row] as number);
    const weight = ((counts.reports[Math.floor(row / bits)] as number) * (set - unset) ** 2) / (pi * (1 - pi));
    for (const a of setting) {
      for (const b of setting) {
        information[a * texts.count + b] = (information[a * texts.count + b] as number) + weight;
      }
    }
  });
  const variances = inverseDiagonal(factorize(information, texts.count));
  const z = normalQuantile(1 - threshold);
  return which
    .filter((v) => (held[v] as number) > 0)
    .reduce((sum, v) => sum + normalTail(z - (held[v] as number) / CLIENTS / Math.sqrt(variances[v] as number)), 0);
}

/** What the suite reports of some runs: means, except for `falseRuns` and `runs`, which are numbers of runs. */
export interface Summary {
  readonly runs: number;
  /** In the family-wise list: true ones, runs with a false one, and true ones at the Cramer-Rao bound. */
  readonly detected: number;
  readonly falseRuns: number;
  readonly bound: number;
  /** In the longer list: true ones, and the share of false ones. */
  readonly listed: number;
  readonly falseShare: number;
  /** True ones above the p-value at which `falseTexts` false ones a run are. */
  readonly atFalseTexts: number;
  /** Share of intervals that hold the truth. */
  readonly covered: number;
}

export function summarize(runs: readonly Run[], falseTexts: number): Summary {
  const mean = (of: (run: Run) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const count = (run: Run, holds: (i: number) => boolean) =>
    run.truth.reduce((sum, _, i) => sum + (holds(i) ? 1 : 0), 0);
  const isHeld = (run: Run, i: number) => (run.truth[i] as number) > 0;
  const inList = (run: Run, list: 'isDetected' | 'isListed', held: boolean) =>
    count(run, (i) => run.decoding[list][i] === 1 && isHeld(run, i) === held);
  const ranked = runs
    .flatMap((run) =>
      Array.from(run.decoding.value, (x, i) => ({
        z: x / (run.decoding.standardError[i] as number),
        held: isHeld(run, i),
      })),
    )
    .sort((a, b) => b.z - a.z);
  let left = falseTexts * runs.length;
  const last = ranked.findIndex(({ held }) => !held && left-- === 0);
  return {
    runs: runs.length,
    detected: mean((run) => inList(run, 'isDetected', true)),
    falseRuns: runs.filter((run) => inList(run, 'isDetected', false) > 0).length,
    bound: mean((run) => run.bound),
    listed: mean((run) => inList(run, 'isListed', true)),
    falseShare: mean((run) => {
      const wrong = inList(run, 'isListed', false);
      return wrong / Math.max(1, wrong + inList(run, 'isListed', true));
    }),
    atFalseTexts: ranked.slice(0, last === -1 ? ranked.length : last).filter(({ held }) => held).length / runs.length,
    covered: mean(
      ({ decoding, truth }) =>
        truth.filter((x, i) => (decoding.low[i] as number) <= x && x <= (decoding.high[i] as number)).length /
        truth.length,
    ),
  };
}

/** What must be reached, per shape: on the published channel, at the published decoder's own false texts, advised. */
export const GOALS: Readonly<
  Record<Shape, { detected: number; falseTexts: number; atFalseTexts: number; advised: number }>
> = {
  unif: { detected: 36, falseTexts: 2, atFalseTexts: 71, advised: 85 },
  gauss: { detected: 35, falseTexts: 1, atFalseTexts: 50, advised: 48 },
  exp: { detected: 27, falseTexts: 4, atFalseTexts: 44, advised: 37 },
  zipf1: { detected: 17, falseTexts: 2, atFalseTexts: 43, advised: 30 },
  'zipf1.5': { detected: 10, falseTexts: 1, atFalseTexts: 14, advised: 14.5 },
};

/** On the uniform shape, in the longer list. */
export const LISTED_GOAL = 69;

/** Runs with a false text, which a true rate of .05 exceeds once in a hundred. */
export const FALSE_RUNS_OF_200 = 18;
export const FALSE_RUNS_OF_1000 = 67;
