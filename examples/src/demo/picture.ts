import type { Value } from './results.js';

const WIDTH = 28;

/** A line from zero to `top`: the interval as a bar, the estimate as a dot, the truth as a stroke. */
export function picture({ truth, value, low, high }: Value, top: number): string {
  if (value === null || low === null || high === null || Number.isNaN(truth) || top <= 0) return ' '.repeat(WIDTH);
  const at = (x: number): number => Math.round((Math.min(Math.max(x, 0), top) / top) * (WIDTH - 1));
  const cells: string[] = Array.from({ length: WIDTH }, (_, i) => (i >= at(low) && i <= at(high) ? '━' : '·'));
  cells[at(value)] = '●';
  cells[at(truth)] = at(truth) === at(value) ? '◉' : '┃';
  return cells.join('');
}

/** The far end of the scale of one metric's pictures: the rows share it, unless they are of different units. */
export function scaleOf(values: readonly Value[]): number {
  return Math.max(...values.map(({ truth, high }) => Math.max(truth || 0, high ?? 0)));
}
