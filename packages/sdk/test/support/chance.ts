/** Exact tails, and one bound: what chance alone does, for tests that state how often they are wrong. */

/** P[Bin(n, p) >= count], for 0 < p < 1. */
export function binomialTail(n: number, p: number, count: number): number {
  if (count <= 0) return 1;
  let ln = n * Math.log(1 - p);
  let tail = 0;
  for (let i = 0; i <= n; i++) {
    if (i >= count) tail += Math.exp(ln);
    ln += Math.log(((n - i) * p) / ((i + 1) * (1 - p)));
  }
  return Math.min(1, tail);
}

/** P[n uniform draws from `size` values show at most `distinct` different ones]. */
export function fewDistinctTail(n: number, size: number, distinct: number): number {
  // Entry d: the chance that the draws so far have shown d.
  let chances = [1];
  for (let draw = 0; draw < n; draw++) {
    chances = Array.from(
      { length: draw + 2 },
      (_, d) => ((chances[d] ?? 0) * d + (chances[d - 1] ?? 0) * (size - d + 1)) / size,
    );
  }
  return chances.slice(0, distinct + 1).reduce((sum, chance) => sum + chance, 0);
}

/** The largest distance between the shares of `values` below each point and those of the uniform law on [0, 1). */
export function distanceFromUniform(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.max(...sorted.map((value, i) => Math.max(value - i / sorted.length, (i + 1) / sorted.length - value)));
}

/**
 * A distance that n draws from the law itself exceed with a chance of at most alpha, at any n (Massart 1990, "The tight
 * constant in the Dvoretzky-Kiefer-Wolfowitz inequality", corollary 1).
 */
export function mostDistance(n: number, alpha: number): number {
  return Math.sqrt(Math.log(2 / alpha) / (2 * n));
}
