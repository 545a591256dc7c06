import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { Cell } from './cells.js';
import { type CoverageTest, coverageTest } from './coverage.js';
import type { Finding, Trial } from './experiment.js';
import type { SimulatedMetric } from './metrics.js';

/** Errors of one quantity over the repetitions in which somebody reported it. */
export interface CellErrors {
  /** Mean of estimate minus truth. */
  readonly bias: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Root of the mean squared standard error: what `rmse` should be. */
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
  trials: number;
  error: number;
  squaredError: number;
  variance: number;
  covered: number;
  maxError: number;
}

interface MetricSums {
  readonly first: Finding;
  readonly cells: readonly CellSums[];
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
      if (repetitions++ === 0) metrics = findings.map(emptySums);
      findings.forEach(({ cells }, i) => {
        if (cells.length === 0) return;
        const sums = (metrics[i] as MetricSums).cells;
        cells.forEach((cell, j) => {
          addCell(sums[j] as CellSums, cell);
        });
        const picked = cells[uniformInt(source, cells.length)] as Cell;
        tested++;
        testedCovered += Number(picked.isCovered);
      });
    },
    result() {
      const all = metrics.flatMap(({ cells }) => cells);
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

function emptySums(first: Finding): MetricSums {
  const cells = first.metric.quantities.map(() => ({
    trials: 0,
    error: 0,
    squaredError: 0,
    variance: 0,
    covered: 0,
    maxError: 0,
  }));
  return { first, cells };
}

function addCell(sums: CellSums, { error, estimate, isCovered }: Cell): void {
  // A question that nobody drew, of a metric that asks several, has an interval and no number.
  if (!Number.isFinite(error)) return;
  sums.trials++;
  sums.covered += Number(isCovered);
  sums.error += error;
  sums.squaredError += error * error;
  sums.variance += estimate.standardError ** 2;
  sums.maxError = Math.max(sums.maxError, Math.abs(error));
}

function shareSums({ first, cells }: MetricSums): readonly CellSums[] {
  return cells.filter((_, i) => first.metric.quantities[i]?.isShare);
}

function summarize(sums: MetricSums): MetricSummary {
  const { first, cells } = sums;
  return {
    metric: first.metric,
    n: first.n,
    ...shareErrors(shareSums(sums)),
    cells: first.cells.map((cell, i) => ({ cell, errors: cellErrors(cells[i] as CellSums) })),
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
