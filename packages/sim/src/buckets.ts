import type { Edges } from '@dither/mechanisms';

/** The amount at a place: 3.25 is a quarter of the way through bucket 3. */
export function amountAt(edges: Edges, place: number): number {
  const bucket = Math.min(Math.floor(place), edges.length - 2);
  const [low, high] = [edges[bucket] as number, edges[bucket + 1] as number];
  return low + (place - bucket) * (high - low);
}

/** The middle of each bucket: what its events count for in a mean. */
export function middles(edges: Edges): Float64Array {
  return Float64Array.from({ length: edges.length - 1 }, (_, bucket) => amountAt(edges, bucket + 0.5));
}

/** Where the counts, added up from below, reach a share of their sum: evenly spread within a bucket. NaN of no count. */
export function quantilePlace(counts: ArrayLike<number>, quantile: number): number {
  let left = quantile * Array.from(counts).reduce((sum, count) => sum + count, 0);
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] as number;
    if (count > 0 && left <= count) return bucket + left / count;
    left -= count;
  }
  return Number.NaN;
}
