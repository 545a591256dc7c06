import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { Accuracy } from './accuracy.js';
import type { Cell } from './cells/cell.js';
import { type CoverageTest, coverageTest } from './coverage.js';
import type { Finding, Trial } from './experiment.js';
import type { SimulatedMetric } from './metrics.js';
import { Moments } from './moments.js';

/** Errors of one quantity over the repetitions in which somebody reported it. */
export interface CellErrors {
  /** Mean of estimate minus truth. */
  readonly bias: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Root of the mean squared standard error: what `rmse` should be. NaN of a quantile, which has an interval alone. */
  readonly standardError: number;
  /** Share of intervals that held the truth. */
  readonly coverage: number;
}

/** Errors of many cells that are all shares; `mse` and `maxError` are null where there is no such cell. */
interface ShareErrors {
  readonly mse: number | null;
  readonly maxError: number | null;
}

export interface MetricSummary extends ShareErrors {
  readonly metric: SimulatedMetric;
  /** Installations that reported in the first repetition. */
  readonly n: number;
  /** Over the repetitions in which it is defined. */
  readonly accuracy: ReadonlyMap<keyof Accuracy, Moments>;
  /** The cells of the first repetition, each with its errors over all. */
  readonly cells: readonly { readonly cell: Cell; readonly errors: CellErrors }[];
}

export interface Summary extends ShareErrors {
  readonly metrics: readonly MetricSummary[];
  readonly repetitions: number;
  /** Intervals of all cells and repetitions. */
  readonly intervals: number;
  readonly covered: number;
  readonly coverage: CoverageTest;
}

/** Sums over repetitions of one quantity. */
interface CellSums {
  readonly isShare: boolean;
  trials: number;
  error: number;
  squaredError: number;
  variance: number;
  covered: number;
  maxError: number;
}

interface MetricSums {
  readonly first: Finding;
  /** By name and label: which quantities a metric has may depend on its reports. */
  readonly cells: Map<string, CellSums>;
  readonly accuracy: Map<keyof Accuracy, Moments>;
}

/** Adds trials up: memory does not grow with their number. */
export interface Summing {
  add(trial: Trial): void;
  result(): Summary;
}

/** @param source - picks the cells that the coverage test looks at */
export function summing(source: WordSource): Summing {
  let metrics: readonly MetricSums[] = [];
  let repetitions = 0;
  let tested = 0;
  let testedCovered = 0;
  return {
    add({ findings }) {
      if (repetitions++ === 0) metrics = findings.map((first) => ({ first, cells: new Map(), accuracy: new Map() }));
      findings.forEach(({ cells, accuracy }, i) => {
        const sums = metrics[i] as MetricSums;
        for (const cell of cells) addCell(sums.cells, cell);
        addAccuracy(sums.accuracy, accuracy);
        // Where nothing is true, such as the mean of no event, no interval can hold it.
        const testable = cells.filter(({ truth }) => !Number.isNaN(truth));
        if (testable.length === 0) return;
        const picked = testable[uniformInt(source, testable.length)] as Cell;
        tested++;
        testedCovered += Number(picked.isCovered);
      });
    },
    result() {
      const all = metrics.flatMap(({ cells }) => [...cells.values()]);
      const shares = metrics.map(shareSums);
      return {
        metrics: metrics.map(summarize),
        repetitions,
        ...shareErrors(shares.flat()),
        intervals: total(all, (sums) => sums.trials),
        covered: total(all, (sums) => sums.covered),
        coverage: coverageTest(testedCovered, tested),
      };
    },
  };
}

function key({ quantity }: Cell): string {
  return `${quantity.name}/${quantity.label}`;
}

function emptySums(isShare: boolean): CellSums {
  return { isShare, trials: 0, error: 0, squaredError: 0, variance: 0, covered: 0, maxError: 0 };
}

function addCell(cells: Map<string, CellSums>, cell: Cell): void {
  const { quantity, error, estimate, isCovered } = cell;
  const sums = cells.get(key(cell)) ?? emptySums(quantity.isShare);
  cells.set(key(cell), sums);
  // A question that nobody drew, of a metric that asks several, has an interval and no number.
  if (!Number.isFinite(error)) return;
  sums.trials++;
  sums.covered += Number(isCovered);
  sums.error += error;
  sums.squaredError += error * error;
  sums.variance += estimate.standardError ** 2;
  sums.maxError = Math.max(sums.maxError, Math.abs(error));
}

function addAccuracy(sums: Map<keyof Accuracy, Moments>, accuracy: Accuracy): void {
  for (const measure of Object.keys(accuracy) as (keyof Accuracy)[]) {
    const moments = sums.get(measure) ?? new Moments();
    sums.set(measure, moments);
    moments.add(accuracy[measure]);
  }
}

function shareSums({ cells }: MetricSums): readonly CellSums[] {
  return [...cells.values()].filter(({ isShare }) => isShare);
}

function summarize(sums: MetricSums): MetricSummary {
  const { first, cells, accuracy } = sums;
  return {
    metric: first.metric,
    n: first.n,
    accuracy,
    ...shareErrors(shareSums(sums)),
    cells: first.cells.map((cell) => ({ cell, errors: cellErrors(cells.get(key(cell)) as CellSums) })),
  };
}

function cellErrors({ trials, error, squaredError, variance, covered }: CellSums): CellErrors {
  return {
    bias: error / trials,
    rmse: Math.sqrt(squaredError / trials),
    standardError: Math.sqrt(variance / trials),
    coverage: covered / trials,
  };
}

function shareErrors(sums: readonly CellSums[]): ShareErrors {
  const trials = total(sums, (it) => it.trials);
  if (trials === 0) return { mse: null, maxError: null };
  return {
    mse: total(sums, (it) => it.squaredError) / trials,
    maxError: sums.reduce((max, it) => Math.max(max, it.maxError), 0),
  };
}

function total(sums: readonly CellSums[], of: (sums: CellSums) => number): number {
  return sums.reduce((sum, it) => sum + of(it), 0);
}
