import { policy } from '../policy.js';

/** What decides between cells. */
interface Erring {
  readonly predicted: number;
  /** Null, undefined or NaN where nothing was measured. */
  readonly measured: number | null | undefined;
  /** Of the measured one. */
  readonly standardError: number | null | undefined;
}

interface Ranked extends Erring {
  readonly reportBytes: number;
}

/**
 * Whether a measurement refutes what was predicted, by more than chance does: with a bias that the prediction does not know, such
 * as that of a square wave whose numbers lie in a few spikes.
 */
export function isRefuted({ predicted, measured, standardError }: Erring): boolean {
  const { errors, factor } = policy.compare.refuted;
  const surely = (measured ?? Number.NaN) - errors * (standardError ?? Number.NaN);
  return surely > predicted && (measured ?? 0) > factor * predicted;
}

/** The error to reckon with: the predicted one, which has no noise, unless it is refuted. */
export function likelyError(cell: Erring): number {
  return isRefuted(cell) ? (cell.measured as number) : cell.predicted;
}

/** The cell of the least likely error; within 1% of it the fewest bytes decide. */
export function leastOf<Cell extends Ranked>(cells: readonly Cell[]): Cell | undefined {
  const least = Math.min(...cells.map(likelyError));
  return cells
    .filter((cell) => likelyError(cell) <= least * (1 + policy.plan.same))
    .sort((a, b) => a.reportBytes - b.reportBytes || likelyError(a) - likelyError(b))[0];
}

/** The one nearest to another, by their ratio. */
export function nearestOf(numbers: readonly number[], to: number): number | undefined {
  const distance = (x: number): number => Math.abs(Math.log(x / to));
  return [...numbers].sort((a, b) => distance(a) - distance(b))[0];
}
