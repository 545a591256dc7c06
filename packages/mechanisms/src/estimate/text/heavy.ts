import { normalQuantile } from '../normal.js';
import type { CandidateBits } from './counts.js';
import { type Descent, descend, pullOn, residualSquares, startDescent } from './descent.js';
import { DECODING } from './policy.js';
import type { Rows } from './rows.js';

/**
 * The columns that are fitted together: all, where there are few against the rows; otherwise those that a forward score
 * test finds, the heaviest first, each time fitting again what was found.
 */
export function heavyColumns(rows: Rows, columns: CandidateBits): Int32Array {
  const { count } = columns;
  const most = Math.min(DECODING.jointCandidates, Math.floor(DECODING.jointShare * rows.present));
  if (count <= most) return Int32Array.from({ length: count }, (_, v) => v);
  const descent = startDescent(rows, columns);
  const heavy: number[] = [];
  const isHeavy = new Uint8Array(count);
  const entry = normalQuantile(1 - Math.min(0.5, DECODING.falseEntries / count));
  while (heavy.length < most) {
    const entering = strongest(descent, rows, columns, isHeavy, entry * misfitOf(descent, rows, heavy.length));
    if (entering.length === 0) break;
    for (const v of entering.slice(0, most - heavy.length)) {
      heavy.push(v);
      isHeavy[v] = 1;
    }
    descend(descent, rows, columns, Int32Array.from(heavy));
  }
  return Int32Array.from(heavy).sort();
}

function misfitOf(descent: Descent, rows: Rows, fitted: number): number {
  return Math.sqrt(Math.max(1, residualSquares(descent, rows) / Math.max(1, rows.present - 1 - fitted)));
}

/** Columns with the highest scores, none below `entry` or below half of the highest. */
function strongest(
  descent: Descent,
  rows: Rows,
  columns: CandidateBits,
  isHeavy: Uint8Array,
  entry: number,
): readonly number[] {
  const scores = new Float64Array(columns.count);
  let highest = 0;
  for (let v = 0; v < columns.count; v++) {
    const length = descent.lengths[v] as number;
    if (isHeavy[v] === 1 || length <= DECODING.dependence * rows.totalWeight) continue;
    const score = pullOn(descent, columns, v) / Math.sqrt(length);
    scores[v] = score;
    highest = Math.max(highest, score);
  }
  const least = Math.max(entry, highest / 2);
  const passing: number[] = [];
  scores.forEach((score, v) => {
    if (score >= least) passing.push(v);
  });
  return passing.sort((a, b) => (scores[b] as number) - (scores[a] as number)).slice(0, DECODING.entriesAtOnce);
}
