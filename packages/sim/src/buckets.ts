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
