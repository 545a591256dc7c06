/**
 * Splits `total` into whole parts in the ratio of `weights`, by largest remainder: each part is its exact share
 * rounded down, and what is left goes, one each, to those that lost most; of equals, to the first. No chance is
 * involved, and the arithmetic is exact.
 *
 * @param total - a whole number, 0 or more
 * @param weights - whole numbers, 0 or more, not all 0
 */
export function apportion(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  const exact = weights.map((weight) => BigInt(weight) * BigInt(total));
  const parts = exact.map((share) => Number(share / sum));
  const left = total - parts.reduce((all, part) => all + part, 0);
  const lost = exact.map((share, index) => ({ index, remainder: share % sum }));
  lost.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of lost.slice(0, left)) parts[index] = (parts[index] as number) + 1;
  return parts;
}

/** One installation after the other: `part` of them with each value. */
export function spread<T>(values: readonly T[], parts: readonly number[]): readonly T[] {
  return values.flatMap((value, i) => Array.from({ length: parts[i] ?? 0 }, () => value));
}
