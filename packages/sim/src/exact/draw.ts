import type { WordSource } from '@dither/mechanisms';

/**
 * Adds a draw of a mechanism's counters to `counts`, in the mechanism's own order.
 * @param holders - installations that report, by true value
 */
export type Draw = (counts: Float64Array, holders: ArrayLike<number>, source: WordSource) => void;

export function add(counts: Float64Array, at: number, count: number): void {
  counts[at] = (counts[at] as number) + count;
}

export function addAll(counts: Float64Array, others: Float64Array): void {
  for (let i = 0; i < others.length; i++) add(counts, i, others[i] as number);
}
