/**
 * The nearest point of the probability simplex, or of one that sums to another `total` above 0 ("norm-sub"): adds one number to all and cuts at zero, so that
 * what is left sums to `total`. A post-processing: it lowers the mean squared error of the whole and is biased
 * for each single value, so it is shown beside the unbiased estimate and never instead of it.
 *
 * Wang, Lopuhaa-Zwakenberg, Li, Skoric, Li 2020, "Locally differentially private frequency estimation with
 * consistency", section 4.2.
 */
export function projectOnSimplex(values: ArrayLike<number>, total = 1): Float64Array {
  const sorted = Float64Array.from(values).sort().reverse();
  let sum = 0;
  let shift = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] as number;
    sum += value;
    const candidate = (total - sum) / (i + 1);
    if (value + candidate > 0) shift = candidate;
  }
  return Float64Array.from(values, (value) => Math.max(0, value + shift));
}
