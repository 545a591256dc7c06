import { normalQuantile } from '@dither/mechanisms';
import type { Cell } from './cells/cell.js';

/** What became of the candidates of a text metric. */
export interface Detections {
  readonly candidates: number;
  /** In the list that holds any false text with probability at most .05, and how many of them nobody holds. */
  readonly detected: number;
  readonly falselyDetected: number;
  /** In the longer list, of which at most .05 is false on average. */
  readonly listed: number;
  readonly falselyListed: number;
  /** About the share that a text must have to be detected 19 times in 20; null where none is enough. */
  readonly visibleShare: number | null;
}

/** @param cells - of one repetition of a text metric */
export function detectionsOf(cells: readonly Cell[]): Detections {
  const found = cells.flatMap(({ detection, estimate }) => (detection === undefined ? [] : [{ detection, estimate }]));
  const count = (is: (detection: NonNullable<Cell['detection']>) => boolean): number =>
    found.filter(({ detection }) => is(detection)).length;
  const rare = found.filter(({ detection }) => !detection.isDetected).map(({ estimate }) => estimate.standardError);
  return {
    candidates: found.length,
    detected: count(({ isDetected }) => isDetected),
    falselyDetected: count(({ isDetected, isHeld }) => isDetected && !isHeld),
    listed: count(({ isListed }) => isListed),
    falselyListed: count(({ isListed, isHeld }) => isListed && !isHeld),
    visibleShare: visibleShare(rare.length === 0 ? found.map(({ estimate }) => estimate.standardError) : rare),
  };
}

/**
 * The family-wise threshold over all candidates, at .05, and a power of .95, with the standard error of a usual
 * candidate. Null above one.
 */
function visibleShare(errors: readonly number[]): number | null {
  if (errors.length === 0) return null;
  const median = Float64Array.from(errors).sort()[errors.length >> 1] as number;
  const share = (normalQuantile(1 - 0.05 / errors.length) + normalQuantile(0.95)) * median;
  return share < 1 ? share : null;
}
