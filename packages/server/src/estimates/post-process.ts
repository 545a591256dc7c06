import { projectOnSimplex } from '@dither/mechanisms';
import type { EstimateRow, RangedRow } from './rows.js';

/** Says what was done, and that the result is biased. */
const LABELS = {
  'simplex-projection': 'post-processed: moved to the nearest shares that sum to one; biased for each single value',
  clamped: 'post-processed: cut to the possible range; biased near its ends',
  'smooth-curve': 'post-processed: the curve that fits best, none negative, sum one; biased for each single bucket',
  'non-negative-fit': 'post-processed: all candidates fitted together, none negative; biased for each single text',
} as const;

export type PostProcessing = keyof typeof LABELS;

/** Estimates made to look like a truth: nicer to draw, and biased. Always shown beside the unbiased ones. */
export interface PostProcessed {
  readonly method: PostProcessing;
  readonly label: string;
  readonly values: readonly PostProcessedValue[];
}

export interface PostProcessedValue extends Pick<EstimateRow, 'label' | 'index' | 'quantity' | 'from' | 'to'> {
  readonly value: number;
}

export function postProcessed(method: PostProcessing, values: readonly PostProcessedValue[]): PostProcessed {
  return { method, label: LABELS[method], values };
}

/** @param isDistribution - whether the frequencies of the rows are constrained to sum to one */
export function flatten(rows: readonly RangedRow[], isDistribution: boolean): PostProcessed {
  const known = rows.flatMap(({ row, range }) => (row.value === null ? [] : [{ row, range, value: row.value }]));
  const values = isDistribution
    ? projectOnSimplex(known.map(({ value }) => value))
    : known.map(({ value, range: [least, most] }) => Math.min(most, Math.max(least, value)));
  return postProcessed(
    isDistribution ? 'simplex-projection' : 'clamped',
    known.map(({ row: { label, index, quantity } }, i) => ({
      label,
      ...(index === undefined ? {} : { index }),
      quantity,
      value: values[i] as number,
    })),
  );
}
