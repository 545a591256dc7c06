import { projectOnSimplex } from '@dither/mechanisms';
import type { EstimateRow, RangedRow } from './rows.js';

/** Estimates made to look like a truth: nicer to draw, and biased. Always shown beside the unbiased ones. */
export interface PostProcessed {
  readonly method: 'simplex-projection' | 'clamped';
  /** Says what was done, and that the result is biased. */
  readonly label: string;
  readonly values: readonly (Pick<EstimateRow, 'label' | 'index' | 'quantity'> & { readonly value: number })[];
}

const LABELS = {
  'simplex-projection': 'post-processed: moved to the nearest shares that sum to one; biased for each single value',
  clamped: 'post-processed: cut to the possible range; biased near its ends',
} as const;

/** @param isDistribution - whether the frequencies of the rows are constrained to sum to one */
export function postProcess(rows: readonly RangedRow[], isDistribution: boolean): PostProcessed {
  const method = isDistribution ? 'simplex-projection' : 'clamped';
  const known = rows.flatMap(({ row, range }) => (row.value === null ? [] : [{ row, range, value: row.value }]));
  const values = isDistribution
    ? projectOnSimplex(known.map(({ value }) => value))
    : known.map(({ value, range: [least, most] }) => Math.min(most, Math.max(least, value)));
  return {
    method,
    label: LABELS[method],
    values: known.map(({ row: { label, index, quantity } }, i) => ({
      label,
      ...(index === undefined ? {} : { index }),
      quantity,
      value: values[i] as number,
    })),
  };
}
