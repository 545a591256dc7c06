import { binomial } from './coverage.js';

/** P[Bin(n, p) >= count]; for tests of how many times something failed. */
export function binomialTail(n: number, p: number, count: number): number {
  const { from, mass } = binomial(n, p);
  return mass.reduce((sum, x, i) => sum + (from + i >= count ? x : 0), 0);
}
