import type { Answer, Cell, Comparison } from './cells/cell.js';
import { policy } from './policy.js';

/** How good one repetition is about one metric, in figures that can be averaged. NaN where one is not defined. */
export interface Accuracy extends Distances {
  /** The same of post-processed estimates: projected on the simplex, the curve of a distribution, or cut to 0 and 1. */
  readonly processedL1: number;
  readonly processedMaxError: number;
  readonly processedKs: number;
  readonly processedWasserstein: number;
  /** Mean of |error| / truth over the ten most common values or texts. */
  readonly topRelativeError: number;
  /** Of the values or texts that are detected, the share that somebody holds. */
  readonly precision: number;
  /** Of those that somebody holds, the share that is detected. */
  readonly recall: number;
  /** Share of the intervals that hold the truth. */
  readonly coverage: number;
}

/** How far estimated shares, unbiased ones, are from the true ones. */
interface Distances {
  /** Sum of the absolute errors of all shares: of estimates that are shares themselves 0 to 2. */
  readonly l1: number;
  /** The largest absolute error of a share. */
  readonly maxError: number;
  /**
   * Kolmogorov and Smirnov: the largest error of the share below any number, among the installations with an event. Of
   * numbers alone, each spread evenly over its bucket.
   */
  readonly ks: number;
  /**
   * Wasserstein-1, "earth mover's": how far an installation's number has to be moved on average, in the metric's unit, for the
   * estimated distribution to become the true one: the area between their cumulative shares. Of numbers alone, as `ks`.
   */
  readonly wasserstein: number;
}

export function accuracyOf({ cells, raw, processed }: Answer): Accuracy {
  const intervals = cells.filter(({ error }) => Number.isFinite(error));
  const ofProcessed = distances(processed);
  return {
    ...distances(raw),
    processedL1: ofProcessed.l1,
    processedMaxError: ofProcessed.maxError,
    processedKs: ofProcessed.ks,
    processedWasserstein: ofProcessed.wasserstein,
    topRelativeError: topRelativeError(cells),
    ...detection(cells),
    coverage: intervals.filter(({ isCovered }) => isCovered).length / intervals.length,
  };
}

function distances(comparison: Comparison | undefined): Distances {
  const unordered = { ks: Number.NaN, wasserstein: Number.NaN };
  if (comparison === undefined) return { l1: Number.NaN, maxError: Number.NaN, ...unordered };
  const { truth, estimate, borders } = comparison;
  const errors = Array.from(truth, (share, i) => Math.abs((estimate[i] as number) - share));
  return {
    l1: sum(errors),
    maxError: errors.reduce((most, error) => Math.max(most, error), 0),
    ...(borders === undefined ? unordered : ordered(truth, estimate, borders)),
  };
}

/** Both cumulative shares are straight within a bucket, and so is their difference: it is largest at a border. */
function ordered(
  truth: ArrayLike<number>,
  estimate: ArrayLike<number>,
  borders: ArrayLike<number>,
): Pick<Distances, 'ks' | 'wasserstein'> {
  const buckets = borders.length - 1;
  const total = (shares: ArrayLike<number>): number => {
    const all = sum(Array.from(shares).slice(0, buckets));
    // Estimates that say nobody had an event say nothing of those who had.
    return all > 0 ? all : Number.NaN;
  };
  const [ofTruth, ofEstimate] = [total(truth), total(estimate)];
  let ks = 0;
  let wasserstein = 0;
  for (let i = 0, before = 0; i < buckets; i++) {
    const after = before + (estimate[i] as number) / ofEstimate - (truth[i] as number) / ofTruth;
    ks = Math.max(ks, Math.abs(after));
    wasserstein += ((borders[i + 1] as number) - (borders[i] as number)) * meanHeight(before, after);
    before = after;
  }
  return { ks, wasserstein };
}

/** Of |x| along a line from a to b. */
function meanHeight(a: number, b: number): number {
  if (a * b >= 0) return Math.abs(a + b) / 2;
  return (a * a + b * b) / (2 * Math.abs(a - b));
}

/** "No event" is not a value that people hold. */
function isListed({ detection, isDetected }: Cell): boolean {
  return detection !== undefined || isDetected !== undefined;
}

function topRelativeError(cells: readonly Cell[]): number {
  const top = cells
    .filter((cell) => isListed(cell) && cell.truth > 0)
    .sort((a, b) => b.truth - a.truth)
    .slice(0, policy.topValues);
  return sum(top.map(({ error, truth }) => Math.abs(error) / truth)) / top.length;
}

function detection(cells: readonly Cell[]): Pick<Accuracy, 'precision' | 'recall'> {
  const listed = cells.filter(isListed);
  const held = listed.filter(({ truth }) => truth > 0);
  const isFound = (cell: Cell): boolean => cell.isDetected ?? cell.detection?.isDetected ?? false;
  const right = held.filter(isFound).length;
  return { precision: right / listed.filter(isFound).length, recall: right / held.length };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, x) => all + x, 0);
}
