/** P[Bin(n, p) >= count], term by term; for tests of how many times something failed. */
export function binomialTail(n: number, p: number, count: number): number {
  let sum = 0;
  let lnTerm = n * Math.log1p(-p);
  for (let k = 0; k <= n; k++) {
    if (k >= count) sum += Math.exp(lnTerm);
    lnTerm += Math.log((n - k) / (k + 1)) + Math.log(p / (1 - p));
  }
  return Math.min(1, sum);
}
