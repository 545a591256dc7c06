import type { TreeShape } from '../../encode/tree-shape.js';

/**
 * An estimate of `share below a border - quantile * share of all`, which rises through zero at the quantile: value and
 * standard error at border 0 .. cells.
 */
export type Excess = (border: number) => { readonly value: number; readonly standardError: number };

/** A noisy curve over borders may cross zero many times: the first crossing, or the last, is looked for. */
type Side = 'first' | 'last';

/**
 * Where a curve crosses zero, by going down the tree: of the groups of the top level the first one that ends at or
 * above zero (or the last one that begins at or below it), then of its children, down to a cell; linear inside it.
 *
 * Comparing a few borders a level rather than all borders, and first those with least noise, keeps a rare large error
 * far from the quantile from being taken for it; `bench/quantile-coverage.ts` has the figures.
 */
function crossing({ cells, widths }: TreeShape, curve: (border: number) => number, side: Side): number {
  let [from, to] = [0, cells];
  for (let level = widths.length - 1; level >= 0; level--) {
    const width = widths[level] as number;
    if (side === 'first') {
      let end = Math.min(to, from + width);
      while (end < to && curve(end) < 0) end = Math.min(to, end + width);
      from = Math.max(from, (Math.ceil(end / width) - 1) * width);
      to = end;
    } else {
      let start = Math.max(from, (Math.ceil(to / width) - 1) * width);
      while (start > from && curve(start) > 0) start -= width;
      to = Math.min(to, start + width);
      from = start;
    }
  }
  const [before, after] = [curve(from), curve(to)];
  if (before >= 0) return from;
  return after <= 0 ? to : from + ((to - from) * before) / (before - after);
}

/** The place of a quantile. */
export function quantilePlace(shape: TreeShape, excess: Excess): number {
  return crossing(shape, (border) => excess(border).value, 'first');
}

/**
 * The places that a test at z standard errors does not refuse to be the quantile: from where the curve may have reached
 * zero to where it must have.
 */
export function quantileInterval(shape: TreeShape, excess: Excess, z: number): readonly [number, number] {
  const shifted = (sign: number) => (border: number) => {
    const { value, standardError } = excess(border);
    return value + sign * z * standardError;
  };
  return [crossing(shape, shifted(1), 'first'), crossing(shape, shifted(-1), 'last')];
}
