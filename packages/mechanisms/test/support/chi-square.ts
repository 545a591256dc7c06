/** Gamma of a whole or half number a > 0. */
function lnGammaHalf(a: number): number {
  let result = a % 1 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let x = a - 1; x > 0; x--) result += Math.log(x);
  return result;
}

/**
 * P[chi-square with `df` degrees of freedom >= x], by the series of the incomplete gamma function (Abramowitz and
 * Stegun 6.5.29). One minus a sum: good to about 1e-14, so for false-alarm rates down to 1e-10.
 */
export function chiSquareTail(x: number, df: number): number {
  if (x <= 0) return 1;
  const a = df / 2;
  const half = x / 2;
  const lnFirst = a * Math.log(half) - half - lnGammaHalf(a + 1);
  // Far beyond the mean the terms underflow at first, and the tail is nothing.
  if (half > a && lnFirst < -700) return 0;
  let term = Math.exp(lnFirst);
  let sum = 0;
  for (let i = 1; term > 0 && (term > 1e-18 * sum || i < half); i++) {
    sum += term;
    term *= half / (a + i);
  }
  return Math.max(0, 1 - sum);
}

/**
 * Pearson's test of counts against probabilities; cells that expect fewer than 10 are pooled.
 * @returns the p-value
 */
export function goodnessOfFit(counts: readonly number[], probabilities: readonly number[]): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  let statistic = 0;
  let cells = 0;
  let pooled = { count: 0, expected: 0 };
  const add = (count: number, expected: number) => {
    statistic += (count - expected) ** 2 / expected;
    cells++;
  };
  probabilities.forEach((probability, i) => {
    const expected = n * probability;
    const count = counts[i] as number;
    if (expected >= 10) add(count, expected);
    else pooled = { count: pooled.count + count, expected: pooled.expected + expected };
  });
  if (pooled.expected >= 1) add(pooled.count, pooled.expected);
  return cells < 2 ? 1 : chiSquareTail(statistic, cells - 1);
}
